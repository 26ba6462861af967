/** Markup and addresses that run a program where a page takes text for more than text. Each calls `hit`. */
const CALL = 'globalThis.hit&&hit()';

const HANDLERS = [
  'img src=x onerror',
  'svg onload',
  'body onload',
  'input autofocus onfocus',
  'details open ontoggle',
];
const TAGS = HANDLERS.flatMap((handler) => [
  `<${handler}=${CALL}>`,
  `<${handler}="${CALL}">`,
  `"><${handler}=${CALL}>`,
  `'><${handler}=${CALL}>`,
  `</script><${handler}=${CALL}>`,
  `</textarea><${handler}=${CALL}>`,
  `<!--><${handler}=${CALL}>-->`,
]);
const SCRIPTS = [
  `<script>${CALL}</script>`,
  `<ScRiPt>${CALL}</sCrIpT>`,
  `<script src=data:text/javascript,${CALL}></script>`,
  `<svg><script>${CALL}</script></svg>`,
  `<math><mtext></mtext><script>${CALL}</script></math>`,
  `<template><script>${CALL}</script></template>`,
  `<iframe srcdoc="<script>parent.hit()</script>">`,
  `<iframe src="javascript:parent.hit()">`,
  `<object data="javascript:${CALL}">`,
  `<embed src="javascript:${CALL}">`,
  `<base href="https://example.com/"><script src=x.js></script>`,
  `<meta http-equiv=refresh content="0;url=javascript:${CALL}">`,
  `<form action="javascript:${CALL}"><button autofocus>x</button></form>`,
  `<link rel=stylesheet href="data:text/css,*{background:url(https://example.com/x)}">`,
  `<style>*{background:url(https://example.com/y)}</style>`,
];
const LINKS = [
  'javascript:',
  'JaVaScRiPt:',
  'java\tscript:',
  '\u0001javascript:',
  'vbscript:',
  'data:text/html,<script>parent.hit()</script>//',
].flatMap((scheme) => [`[click](${scheme}${CALL})`, `<a href="${scheme}${CALL}">click</a>`]);

/** Sixty and two. */
export const PAYLOADS: readonly string[] = [...TAGS, ...SCRIPTS, ...LINKS];
