import { DomainError } from '../../core/domain/ground/domain-error.ts';
import type { Admitted } from '../../core/domain/people/person.ts';

/** @throws DomainError `invalid_request` for who does not act for all tenants, and so has to name one */
export function requireEveryTenant({ tenants }: Pick<Admitted, 'tenants'>): void {
  if (tenants === '*') return;
  throw new DomainError('invalid_request', 'tenantId: expected one of your tenants', { param: 'tenantId' });
}
