import { type Operations, operation } from '../../core/management/operation.ts';
import { rotationSchemas } from '../../core/management/schemas/rotation-schemas.ts';
import type { RotationDependencies } from './dependencies.ts';
import { registerSecret } from './register-secret.ts';

export const rotationOperations: Operations<'rotation', RotationDependencies> = {
  registerSecret: operation(rotationSchemas.registerSecret, registerSecret),
};
