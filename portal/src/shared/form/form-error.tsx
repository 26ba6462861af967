import Alert from '@cloudscape-design/components/alert';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import { isAnsweredElsewhere, isStale } from '../api/change.ts';
import { CopyText } from '../show/copy-text.tsx';

/** What the API found wrong with a field of what was sent; fields of a field count as it. */
export function faultOf(error: Error | null, field: string): string | undefined {
  if (!(error instanceof KeywrightError)) return undefined;
  const about = (param: string | undefined) => param === field || param?.startsWith(`${field}.`) === true;
  const told = error.details.find(({ param }) => about(param)) ?? (about(error.param) ? error : undefined);
  return told && withoutParam(told);
}

/** Whoever reads it at the field knows which one it is about. */
function withoutParam({ message, param }: { message: string; param?: string | undefined }): string {
  return message.startsWith(`${param}: `) ? message.slice(`${param}: `.length) : message;
}

/** What went wrong with a form as a whole, above its buttons. Faults of fields stand at the fields. */
export function FormError({ error, fields = [] }: { error: Error | null; fields?: readonly string[] }) {
  if (error === null || isAnsweredElsewhere(error)) return null;
  if (fields.some((field) => faultOf(error, field) !== undefined)) return null;
  const requestId = error instanceof KeywrightError ? error.requestId : undefined;
  const stale = isStale(error);
  return (
    <Alert type="error" header={stale ? 'Somebody has changed this meanwhile' : 'That did not work'}>
      {error.message}.{stale && ' Close this, look at it as it is now, and try again.'}
      {requestId && (
        <div>
          Request <CopyText text={requestId} what="request ID" shown />
        </div>
      )}
    </Alert>
  );
}
