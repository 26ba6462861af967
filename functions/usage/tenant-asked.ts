import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { type Admitted, actsFor } from '../../core/domain/people/person.ts';

/**
 * The tenant that a question is about: the one that it names, or somebody's only one; undefined is all of them.
 * @throws DomainError `not_found` for one that the person does not act for, `invalid_request` where there are several
 */
export function tenantAsked(
  person: Pick<Admitted, 'tenants'>,
  { tenantId }: { readonly tenantId?: string | undefined },
): string | undefined {
  if (tenantId !== undefined) {
    if (!actsFor(person, tenantId)) throw notFound();
    return tenantId;
  }
  if (person.tenants === '*') return undefined;
  if (person.tenants.length === 1) return person.tenants[0];
  throw new DomainError('invalid_request', 'tenantId: expected one of your tenants', { param: 'tenantId' });
}
