import * as z from 'zod';
import { PRINCIPAL_PATTERN, principalNamed } from '../../domain/people/principal.ts';

const LONGEST_OVERLAP_SECONDS = 30 * 86_400;
const SHORTEST_OVERLAP_SECONDS = 300;
const LONGEST_ARN = 2048;

/** Of an overlap that a program leaves to those who cache what it rotates. */
export const overlapSeconds = z.number().int().min(SHORTEST_OVERLAP_SECONDS).max(LONGEST_OVERLAP_SECONDS);
export const principalArn = z
  .string()
  .max(LONGEST_ARN)
  .refine((arn) => principalNamed(arn) !== undefined, 'expected the ARN of a role, a user or a session')
  .transform((arn) => principalNamed(arn) ?? arn)
  .meta({
    description:
      'Of AWS, in Keywright’s own account: a role (without its path, which sessions do not tell) or a user',
    example: 'arn:aws:iam::111122223333:role/RotateOrdersKey',
    pattern: PRINCIPAL_PATTERN,
  });

const principal = z.string().meta({ example: 'arn:aws:iam::111122223333:role/RotateOrdersKey' });
export const slotBinding = z
  .strictObject({ principalArn: principal })
  .meta({ description: 'Whose program rotates it where it is stored; absent for nobody’s' });
export const bindingShape = z
  .strictObject({ principalArn: principal, maxOverlapSeconds: z.int().meta({ example: 86_400 }) })
  .meta({ description: 'Whose program rotates it where it is stored; absent for nobody’s' });
