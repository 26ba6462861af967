import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useNavigate } from 'react-router';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';
import { useConfig } from '../../shared/api/config.ts';
import { useTenants } from '../../shared/api/tenants.ts';
import { Dialog } from '../../shared/form/dialog.tsx';
import { faultOf } from '../../shared/form/form-error.tsx';
import { FormField } from '../../shared/form/form-field.tsx';
import { Optional } from '../../shared/form/optional.tsx';
import { TenantChoice } from '../../shared/form/tenant-choice.tsx';
import { useDraft } from '../../shared/form/use-draft.ts';
import { AsCode } from '../../shared/show/as-code.tsx';
import { keywright } from '../../shared/show/command-line.ts';
import { SUBSCRIPTIONS, type Subscription } from '../../shared/show/subscription-state.tsx';
import { PRODUCT, PRODUCTS, type Product } from './product.ts';

interface Draft {
  readonly tenantId: string;
  readonly name: string;
  readonly use: string;
  readonly accepted: boolean;
}

const FIELDS = ['tenantId', 'name', 'use', 'termsVersion'];

interface SubscribeDialogProps {
  readonly to: Product;
  /** The subscription in whose place it is asked for: what was said of it then is not typed again. */
  readonly before: Subscription | undefined;
  readonly onDismiss: () => void;
}

/** Asks for what a subscription takes, and makes it. */
export function SubscribeDialog({ to: product, before, onDismiss }: SubscribeDialogProps) {
  const { productId, termsVersion } = product;
  const { tenants } = useTenants();
  const { values, change, forget } = useDraft<Draft>(`subscription.${productId}`, draftLike(before));
  const tenantId = values.tenantId || tenants[0]?.tenantId || '';
  const subscribe = useSubscribing(forget);
  const body = bodyOf(product, { ...values, tenantId });
  const isBarred =
    product.environment === 'live' && tenants.some((each) => each.tenantId === tenantId && each.sandboxOnly);
  const ready =
    !isBarred && tenantId !== '' && body.name !== '' && (termsVersion === null || values.accepted);
  return (
    <Dialog
      title={`Subscribe to ${product.name}`}
      action="Subscribe"
      busy={subscribe.isPending}
      disabled={!ready}
      error={subscribe.error}
      fields={FIELDS}
      onSubmit={() => subscribe.mutate(body)}
      onDismiss={() => {
        forget();
        onDismiss();
      }}
      asCode={
        <AsCode
          method="POST"
          path={SUBSCRIPTIONS}
          body={body}
          command={keywright(['subscriptions', 'create', productId], {
            ...{ tenant: tenantId, name: body.name, use: body.use },
            'accept-terms': body.termsVersion,
          })}
        />
      }
    >
      {before?.state === 'rejected' && <WhyRejected of={before} />}
      {isBarred ? <SandboxOnly /> : <WhatFollows of={product} />}
      {tenants.length > 1 && (
        <FormField label="Tenant" fault={faultOf(subscribe.error, 'tenantId')}>
          <TenantChoice tenantId={tenantId} onChoose={(chosen = '') => change({ tenantId: chosen })} />
        </FormField>
      )}
      <NameAndUse of={product} values={values} error={subscribe.error} onChange={change} />
      <Acceptance
        of={product}
        accepted={values.accepted}
        fault={faultOf(subscribe.error, 'termsVersion')}
        onAccept={(accepted) => change({ accepted })}
      />
    </Dialog>
  );
}

/** Terms are accepted anew: they may be others by now. */
function draftLike(before: Subscription | undefined): Draft {
  const { tenantId = '', name = '', use } = before ?? {};
  return { tenantId, name, use: use ?? '', accepted: false };
}

function bodyOf({ productId, termsVersion }: Product, { tenantId, name, use, accepted }: Draft) {
  return {
    tenantId,
    productId,
    name: name.trim(),
    ...(use.trim() !== '' && { use: use.trim() }),
    ...(termsVersion !== null && accepted && { termsVersion }),
  };
}

function useSubscribing(forget: () => void) {
  const navigate = useNavigate();
  return useChange(
    async (body: ReturnType<typeof bodyOf>) => (await api.POST(SUBSCRIPTIONS, { body })).data,
    {
      stale: [SUBSCRIPTIONS, PRODUCTS, PRODUCT, '/v1/approvals'],
      done: (result) =>
        isWaiting(result)
          ? { type: 'info', header: 'The subscription waits for a second admin' }
          : result.state === 'pending'
            ? { type: 'info', header: 'You have asked for it', content: 'You see here what becomes of it.' }
            : { type: 'success', header: 'You have subscribed: its keys work' },
      after: (result) => {
        forget();
        void navigate(
          isWaiting(result)
            ? `/requests/${result.approval.approvalId}`
            : `/subscriptions/${result.subscriptionId}`,
        );
      },
    },
  );
}

interface NameAndUseProps {
  readonly of: Product;
  readonly values: Draft;
  readonly error: Error | null;
  readonly onChange: (part: Partial<Draft>) => void;
}

function NameAndUse({ of: product, values, error, onChange }: NameAndUseProps) {
  return (
    <SpaceBetween size="l">
      <FormField
        label="Name"
        description="By which you tell it from others, such as the program that uses it."
        fault={faultOf(error, 'name')}
      >
        <Input value={values.name} onChange={({ detail }) => onChange({ name: detail.value })} />
      </FormField>
      <FormField
        label={<Optional>What it is for</Optional>}
        description={product.requiresApproval ? 'Whoever decides on it reads this.' : undefined}
        fault={faultOf(error, 'use')}
      >
        <Textarea value={values.use} rows={2} onChange={({ detail }) => onChange({ use: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}

function WhatFollows({ of: { requiresApproval } }: { of: Product }) {
  return requiresApproval ? (
    <Alert type="info" header="An admin decides on it">
      You can see its keys at once, and they work as soon as it is approved. Until then you can withdraw it.
    </Alert>
  ) : (
    <Alert type="info">It is open at once: you get two keys, of which you need one.</Alert>
  );
}

function WhyRejected({ of: { reason } }: { of: Subscription }) {
  return (
    <Alert type="warning" header="It was rejected before">
      {reason === null ? 'No reason was given.' : `Reason: ${reason}`}
    </Alert>
  );
}

function SandboxOnly() {
  const { brand } = useConfig();
  return (
    <Alert type="warning" header="This product is live, and your tenant is for the sandbox">
      Try what is in the sandbox first. Whoever runs this portal can let your tenant go live
      {brand.supportUrl ? (
        <>
          : <Link href={brand.supportUrl}>ask for it</Link>.
        </>
      ) : (
        '.'
      )}
    </Alert>
  );
}

interface AcceptanceProps {
  readonly of: Product;
  readonly accepted: boolean;
  readonly fault: string | undefined;
  readonly onAccept: (accepted: boolean) => void;
}

/** Nothing where a product has no terms. */
function Acceptance({ of: { termsUrl, termsVersion }, accepted, fault, onAccept }: AcceptanceProps) {
  if (termsVersion === null) return null;
  return (
    <FormField fault={fault}>
      <Checkbox checked={accepted} onChange={({ detail }) => onAccept(detail.checked)}>
        I accept the terms, version {termsVersion}
      </Checkbox>
      {termsUrl !== null && (
        <Link href={termsUrl} external rel="noreferrer noopener" variant="secondary">
          Read them
        </Link>
      )}
    </FormField>
  );
}
