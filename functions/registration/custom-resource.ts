/** What CloudFormation sends («Custom resource request objects»); every property that is no object comes as a string. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Where the answer goes, by PUT: a signed address. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Absent for Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ResourceProperties;
  /** For Update alone. */
  readonly OldResourceProperties?: ResourceProperties;
}

export interface ResourceProperties {
  /** What is to be registered, as JSON: CloudFormation would make strings of its numbers. */
  readonly Definition: string;
  /** Of the OpenAPI document beside the code; absent for none. */
  readonly DocumentHash?: string;
}

export interface Answering {
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

const MOST_TRIES = 4;
const PAUSE_MILLISECONDS = 2_000;
/** An answer holds 4,096 bytes. */
const LONGEST_REASON = 1_000;

/**
 * Does what is asked, and says how it went: CloudFormation waits for an hour where nobody does.
 * @param work gives the resource's physical id; what it throws is the stack's failure
 * @throws Error where the answer reached nobody
 */
export async function carryOut(
  event: CustomResourceEvent,
  work: () => Promise<string>,
  answering: Answering,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  // One that was never made has to be called something, as CloudFormation will ask for its deletion.
  const { PhysicalResourceId = `${LogicalResourceId}-failed` } = event;
  const outcome = await work().then(
    (id) => ({ Status: 'SUCCESS', PhysicalResourceId: id }),
    (error) => ({ Status: 'FAILED', PhysicalResourceId, Reason: reasonOf(error) }),
  );
  await send(event.ResponseURL, { ...outcome, StackId, RequestId, LogicalResourceId }, answering);
}

/** Errors of ours name no secret. */
function reasonOf(error: unknown): string {
  const { message, details = [] } = Object(error) as { message?: string; details?: { message?: string }[] };
  const all = [message ?? String(error), ...details.slice(1).map((detail) => detail.message ?? '')];
  return all.join('; ').slice(0, LONGEST_REASON);
}

async function send(url: string, answer: object, { fetch, pause }: Answering): Promise<void> {
  // As bytes, for which no content type is sent: the address is signed for none.
  const body = Buffer.from(JSON.stringify(answer));
  for (let tries = 1; ; tries++) {
    const status = await fetch(url, { method: 'PUT', body }).then(
      (response) => response.status,
      () => 0,
    );
    if (status >= 200 && status < 300) return;
    if (tries === MOST_TRIES) throw new Error(`CloudFormation took no answer: status ${status}.`);
    await pause(PAUSE_MILLISECONDS);
  }
}
