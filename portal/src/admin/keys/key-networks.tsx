import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { useMe } from '../../shared/api/me.ts';
import { reading } from '../../shared/api/queries.ts';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { linesOf, type StepProps, withAddress } from './new-key.ts';

const FORMS = 'IPv4 or IPv6 addresses or CIDRs, one a line.';

/** From where the key works. */
export function KeyNetworks({ tenantId, draft, change, error }: StepProps) {
  const { address } = useMe();
  const { data: tenant } = useQuery(reading('/v1/tenants/{tenantId}', { path: { tenantId } }));
  // Publishable keys are used from anywhere.
  const isAsked =
    draft.type === 'secret' && tenant?.settings.keyPolicies?.[draft.environment]?.cidrRequired === true;
  return (
    <FormField
      label={isAsked ? 'Networks' : <Optional>Networks</Optional>}
      description="It works from these addresses alone."
      constraintText={
        isAsked ? `${FORMS} The tenant’s key policy asks for one at least.` : `${FORMS} None for anywhere.`
      }
      fault={faultOf(error, 'allowedCidrs')}
    >
      <SpaceBetween size="xs">
        <Textarea
          value={draft.cidrs}
          rows={2}
          placeholder="203.0.113.0/24"
          onChange={({ detail }) => change({ cidrs: detail.value })}
        />
        {address !== null && (
          <Button
            formAction="none"
            iconName="add-plus"
            disabled={linesOf(draft.cidrs).includes(address)}
            onClick={() => change({ cidrs: withAddress(draft.cidrs, address) })}
          >
            Add my address ({address})
          </Button>
        )}
      </SpaceBetween>
    </FormField>
  );
}
