import type { Answer } from '../../shared/api/answers.ts';

export const SIGN_UPS = '/v1/sign-ups';
export type SignUp = Answer<typeof SIGN_UPS>['items'][number];
