import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { SIGN_IN_METHODS } from './access-token.ts';
import { codePage, consentPage, errorPage, PAGE_HEADERS, passwordPage } from './pages.ts';
import type { Person } from './people.ts';
import { grantAsked } from './provider.ts';
import { authenticatorOf, type createSignIn, type SignInOutcome } from './sign-in.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** What to send; undefined where the provider has sent the person back to the application. */
type Reply = { status: number; html: string; headers?: Record<string, string> } | undefined;

const LONGEST_FORM_BYTES = 10_000;

/**
 * The pages at `/interaction/…` where a person signs in and, for programs on this machine, allows them to
 * act. What has been reached (password given, code given) is kept in the provider's interaction record,
 * never in the page, so a form can't claim it.
 */
export function createInteractions(o: {
  provider: Provider;
  people: readonly Person[];
  signIn: ReturnType<typeof createSignIn>;
}) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = await replyTo(request, response);
    if (reply !== undefined)
      response.writeHead(reply.status, { ...PAGE_HEADERS, ...reply.headers }).end(reply.html);
  };

  async function replyTo(request: IncomingMessage, response: ServerResponse): Promise<Reply> {
    const interaction = await o.provider.interactionDetails(request, response).catch((error: unknown) => {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    });
    if (interaction === undefined) {
      return problem(400, 'This sign-in has expired. Start again from the application.');
    }
    if (request.method === 'GET' || request.method === 'HEAD') return currentPage(interaction);
    if (request.method !== 'POST') return problem(405, 'Use GET or POST here.');
    const { origin } = request.headers;
    if (origin !== undefined && origin !== o.provider.issuer) {
      return problem(403, 'This form was sent from another site.');
    }
    const form = await readForm(request);
    if (form === undefined) return problem(400, 'This form could not be read.');
    return takeStep(interaction, form, request, response);
  }

  function currentPage(interaction: Interaction): Reply {
    const { client_id, login_hint: hint } = interaction.params;
    if (interaction.prompt.name === 'consent') {
      const person = o.people.find(({ sub }) => sub === interaction.session?.accountId);
      const client = client_id === 'keywright-cli' ? 'the keywright command' : 'the Keywright portal';
      const where = interaction.deviceCode === undefined ? 'on this machine' : 'on another machine';
      return { status: 200, html: consentPage({ client, where, email: person?.email ?? '' }) };
    }
    if (interaction.result?.passwordGivenBy !== undefined) {
      return { status: 200, html: codeStep(interaction, undefined) };
    }
    return { status: 200, html: passwordPage({ email: typeof hint === 'string' ? hint : '' }) };
  }

  /** The page that asks for a code, and where there is no app yet shows what one is set up with. */
  function codeStep(interaction: Interaction, text: string | undefined): string {
    const person = o.people.find(({ sub }) => sub === interaction.result?.passwordGivenBy);
    const secret = secretBeingSetUp(interaction);
    const address = person && secret && authenticatorOf(person, secret).toString();
    return codePage({
      ...(text !== undefined && { problem: text }),
      ...(secret && address && { settingUp: { secret, address } }),
    });
  }

  async function takeStep(
    interaction: Interaction,
    form: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Reply> {
    const finish = (result: Parameters<Provider['interactionFinished']>[2]) =>
      o.provider.interactionFinished(request, response, result).then(() => undefined);
    const prompt = interaction.prompt.name;
    const passwordGivenBy = interaction.result?.passwordGivenBy;
    const step = form.get('step');
    if (step === 'cancel') {
      return finish({ error: 'access_denied', error_description: 'the person cancelled' });
    }
    if (step === 'consent' && prompt === 'consent') {
      return finish({ consent: { grantId: await grantAsked(o.provider, interaction) } });
    }
    if (step === 'password' && prompt === 'login') {
      const email = form.get('email') ?? '';
      const outcome = await o.signIn.checkPassword(email, form.get('password') ?? '');
      if (outcome.kind !== 'accepted') {
        return refusal(outcome, 'The e-mail or the password is wrong.', (text) =>
          passwordPage({ email, problem: text }),
        );
      }
      const { person } = outcome;
      const settingUp = o.signIn.secretToSetUp(person);
      const reached = { passwordGivenBy: person.sub, ...(settingUp !== undefined && { settingUp }) };
      await o.provider.interactionResult(request, response, reached);
      return { status: 303, html: '', headers: { location: request.url ?? '/' } };
    }
    if (step === 'code' && prompt === 'login' && typeof passwordGivenBy === 'string') {
      const settingUp = secretBeingSetUp(interaction);
      const outcome = o.signIn.checkCode(passwordGivenBy, form.get('code') ?? '', settingUp);
      if (outcome.kind !== 'accepted') {
        return refusal(outcome, 'This code is wrong or has been used. Wait for the next one.', (text) =>
          codeStep(interaction, text),
        );
      }
      const amr = [...SIGN_IN_METHODS[settingUp === undefined ? 'later' : 'first']];
      return finish({ login: { accountId: outcome.person.sub, amr } });
    }
    return currentPage(interaction);
  }
}

function secretBeingSetUp({ result }: Interaction): string | undefined {
  return typeof result?.settingUp === 'string' ? result.settingUp : undefined;
}

const problem = (status: number, text: string): Reply => ({ status, html: errorPage(text) });

function refusal(
  outcome: Exclude<SignInOutcome, { kind: 'accepted' }>,
  refused: string,
  pageWith: (text: string) => string,
): Reply {
  if (outcome.kind === 'refused') return { status: 422, html: pageWith(refused) };
  const { retryAfterSeconds } = outcome;
  return {
    status: 429,
    html: pageWith(`Too many wrong attempts. Try again in ${retryAfterSeconds} seconds.`),
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LONGEST_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
