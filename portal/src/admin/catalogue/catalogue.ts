import type { Answer } from '../../shared/api/answers.ts';

export const APIS = '/v1/apis';
export const PRODUCTS = '/v1/products';
export type Api = Answer<typeof APIS>['items'][number];
export type Product = Answer<typeof PRODUCTS>['items'][number];
