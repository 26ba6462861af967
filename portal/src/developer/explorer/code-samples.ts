import type { ApiCall, CallHeader } from './api-call.ts';

/** A language and the same call in it. */
export interface CodeSample {
  readonly language: string;
  readonly text: string;
}

/** A call in the languages that people paste from. Secrets are read from the environment: none stands in the code. */
export function codeSamples(call: ApiCall): readonly CodeSample[] {
  return [
    { language: 'curl', text: curlOf(call) },
    { language: 'fetch', text: fetchOf(call) },
    { language: 'Python', text: pythonOf(call) },
    { language: 'Go', text: goOf(call) },
  ];
}

function curlOf({ method, url, headers, body }: ApiCall): string {
  // Quoted so that the shell puts in variables, and nothing else of what was typed.
  const word = ({ name, value, secret }: CallHeader) =>
    secret === undefined ? shellWord(`${name}: ${value}`) : `"${name}: ${value.replace('%', `$${secret}`)}"`;
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${shellWord(url)}`,
    ...headers.map((header) => `-H ${word(header)}`),
    ...(body === undefined ? [] : [`-d ${shellWord(body)}`]),
  ].join(' \\\n  ');
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** JavaScript for Node: a page has no variables of the environment, and no place for a secret key. */
function fetchOf({ method, url, headers, body }: ApiCall): string {
  const value = ({ value, secret }: CallHeader) =>
    secret === undefined
      ? quoted(value)
      : value === '%'
        ? `process.env.${secret}`
        : `\`${value.replace('%', `\${process.env.${secret}}`)}\``;
  return [
    `const response = await fetch(${quoted(url)}, {`,
    ...(method === 'GET' ? [] : [`  method: ${quoted(method)},`]),
    '  headers: {',
    ...headers.map((header) => `    ${quoted(header.name)}: ${value(header)},`),
    '  },',
    ...(body === undefined ? [] : [`  body: ${quoted(body)},`]),
    '});',
    'console.log(response.status, await response.text());',
  ].join('\n');
}

function pythonOf({ method, url, headers, body }: ApiCall): string {
  const value = ({ value, secret }: CallHeader) =>
    secret === undefined
      ? quoted(value)
      : value === '%'
        ? `os.environ["${secret}"]`
        : `${quoted(value.replace('%', ''))} + os.environ["${secret}"]`;
  return [
    'import os',
    'import requests',
    '',
    'response = requests.request(',
    `    ${quoted(method)},`,
    `    ${quoted(url)},`,
    '    headers={',
    ...headers.map((header) => `        ${quoted(header.name)}: ${value(header)},`),
    '    },',
    ...(body === undefined ? [] : [`    data=${quoted(body)}.encode(),`]),
    ')',
    'print(response.status_code, response.text)',
  ].join('\n');
}

function goOf({ method, url, headers, body }: ApiCall): string {
  const value = ({ value, secret }: CallHeader) =>
    secret === undefined
      ? quoted(value)
      : value === '%'
        ? `os.Getenv("${secret}")`
        : `${quoted(value.replace('%', ''))} + os.Getenv("${secret}")`;
  const isRead = headers.some(({ secret }) => secret !== undefined);
  const packages = [
    'fmt',
    'io',
    'net/http',
    ...(isRead ? ['os'] : []),
    ...(body === undefined ? [] : ['strings']),
  ];
  return [
    'package main',
    '',
    'import (',
    ...packages.map((name) => `\t"${name}"`),
    ')',
    '',
    'func main() {',
    `\trequest, err := http.NewRequest(${quoted(method)}, ${quoted(url)}, ${body === undefined ? 'nil' : `strings.NewReader(${quoted(body)})`})`,
    '\tif err != nil {',
    '\t\tpanic(err)',
    '\t}',
    ...headers.map((header) => `\trequest.Header.Set(${quoted(header.name)}, ${value(header)})`),
    '\tresponse, err := http.DefaultClient.Do(request)',
    '\tif err != nil {',
    '\t\tpanic(err)',
    '\t}',
    '\tdefer response.Body.Close()',
    '\ttext, _ := io.ReadAll(response.Body)',
    '\tfmt.Println(response.Status, string(text))',
    '}',
  ].join('\n');
}

/** A text in double quotes: what JSON escapes, JavaScript, Python and Go read alike, controls and all. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
