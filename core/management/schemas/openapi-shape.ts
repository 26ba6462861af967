import * as z from 'zod';
import { DomainError } from '../../domain/ground/domain-error.ts';
import { documentProblems, OPERATION_METHODS } from '../../domain/products/openapi-document.ts';
import { messageOf } from '../input-faults.ts';

/** As many as an error tells of. */
const MOST_PROBLEMS = 50;

/** A reference, or what it would lead to: then it has `required`. */
function orReference<Shape extends z.ZodRawShape>(shape: Shape, ...required: (keyof Shape & string)[]) {
  return z
    .looseObject({ ...shape, $ref: z.string().optional() })
    .partial()
    .superRefine((value, context) => {
      if (value.$ref !== undefined) return;
      const given = value as Readonly<Record<string, unknown>>;
      for (const name of required)
        if (given[name] === undefined)
          context.addIssue({ code: 'custom', path: [name], message: 'is missing' });
    });
}

const text = z.string();
const parameter = orReference(
  {
    name: text.min(1),
    in: z.enum(['path', 'query', 'header', 'cookie', 'querystring']),
    required: z.boolean(),
    schema: z.union([z.boolean(), z.looseObject({})]),
    content: z.record(text, z.looseObject({})),
  },
  'name',
  'in',
).refine((value) => value.$ref !== undefined || value.in !== 'path' || value.required === true, {
  path: ['required'],
  message: 'a parameter of the path is required: true',
});
const response = orReference(
  { description: text, content: z.record(text, z.looseObject({})) },
  'description',
);
const operation = z.looseObject({
  operationId: text.min(1).optional(),
  summary: text.optional(),
  description: text.optional(),
  tags: z.array(text).optional(),
  deprecated: z.boolean().optional(),
  parameters: z.array(parameter).optional(),
  requestBody: orReference({ content: z.record(text, z.looseObject({})) }, 'content').optional(),
  responses: z
    .record(
      text.regex(
        /^(?:[1-5](?:[0-9]{2}|XX)|default|x-.*)$/,
        'a response is named by its status, such as 200 or 4XX, or default',
      ),
      response,
    )
    .optional(),
});
const pathItem = z.looseObject({
  ...Object.fromEntries(OPERATION_METHODS.map((method) => [method, operation.optional()])),
  parameters: z.array(parameter).optional(),
  summary: text.optional(),
  description: text.optional(),
});
const map = z.record(text, z.looseObject({})).optional();

/** What OpenAPI 3.0.4 and 3.1.1 ask of a document, as far as people and programs go by it here. */
const document = z.looseObject({
  openapi: text.regex(/^3\.[01]\.[0-9]+$/, 'expected 3.0 or 3.1, such as 3.1.1'),
  info: z.looseObject({ title: text.min(1), version: text, description: text.optional() }),
  paths: z.record(text.startsWith('/', 'a path begins with /'), pathItem),
  tags: z.array(z.looseObject({ name: text })).optional(),
  components: z
    .looseObject({ responses: map, parameters: map, examples: map, requestBodies: map, headers: map })
    .optional(),
});

export type OpenApiDocument = z.output<typeof document>;

/** @throws DomainError `invalid_request` that names everything that is wrong, and where */
export function readOpenApiDocument(body: Readonly<Record<string, unknown>>): OpenApiDocument {
  const { success, data, error } = document.safeParse(body);
  const problems = success
    ? documentProblems(body)
    : error.issues.map((issue) => ({
        at: issue.path.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
        message: messageOf(issue),
      }));
  const [first] = problems;
  if (success && first === undefined) return data;
  const details = problems.map(({ at, message }) => ({ param: at, message: `${at}: ${message}` }));
  throw new DomainError('invalid_request', details[0]?.message ?? 'This is no OpenAPI document', {
    ...(first && { param: first.at }),
    details: details.slice(0, MOST_PROBLEMS),
  });
}
