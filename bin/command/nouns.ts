import type { Noun } from './verb.ts';

/** All commands. A noun's file is read when it is called, so that help comes at once. */
export const NOUNS: readonly Noun[] = [
  {
    name: 'login',
    about: 'sign in by the browser',
    load: async () => (await import('./nouns/account.ts')).loginVerbs,
  },
  { name: 'logout', about: 'sign out', load: async () => (await import('./nouns/account.ts')).logoutVerbs },
  {
    name: 'whoami',
    about: 'show who you are and what you act for',
    load: async () => (await import('./nouns/account.ts')).whoamiVerbs,
  },
  {
    name: 'status',
    about: 'show whether the API answers',
    load: async () => (await import('./nouns/account.ts')).statusVerbs,
  },
  { name: 'config', about: 'profiles', load: async () => (await import('./nouns/account.ts')).config },
  { name: 'tenants', about: 'tenants', load: async () => (await import('./nouns/tenants.ts')).verbs },
  { name: 'roles', about: 'a tenant’s roles', load: async () => (await import('./nouns/roles.ts')).verbs },
  { name: 'keys', about: 'API keys', load: async () => (await import('./nouns/keys.ts')).verbs },
  { name: 'apis', about: 'protected APIs', load: async () => (await import('./nouns/apis.ts')).verbs },
  {
    name: 'products',
    about: 'products and plans',
    load: async () => (await import('./nouns/products.ts')).verbs,
  },
  {
    name: 'subscriptions',
    about: 'subscriptions and their keys',
    load: async () => (await import('./nouns/subscriptions.ts')).verbs,
  },
  {
    name: 'members',
    about: 'a tenant’s members',
    load: async () => (await import('./nouns/members.ts')).verbs,
  },
  {
    name: 'sign-ups',
    about: 'who asks to be let in',
    load: async () => (await import('./nouns/sign-ups.ts')).verbs,
  },
  {
    name: 'approvals',
    about: 'what waits for a second admin',
    load: async () => (await import('./nouns/approvals.ts')).verbs,
  },
  { name: 'audit', about: 'the audit log', load: async () => (await import('./nouns/audit.ts')).verbs },
  {
    name: 'usage',
    about: 'what was called, and how often',
    load: async () => (await import('./nouns/usage.ts')).verbs,
  },
  { name: 'alerts', about: 'security findings', load: async () => (await import('./nouns/alerts.ts')).verbs },
  {
    name: 'verify',
    about: 'ask whether a caller would be let in',
    load: async () => (await import('./nouns/request.ts')).verifyVerbs,
  },
  {
    name: 'try',
    about: 'call a protected API',
    load: async () => (await import('./nouns/request.ts')).tryVerbs,
  },
  {
    name: 'diff',
    about: 'show how what is there differs from a file',
    load: async () => (await import('./nouns/apply.ts')).diffVerbs,
  },
  {
    name: 'apply',
    about: 'make what is there as a file says',
    load: async () => (await import('./nouns/apply.ts')).applyVerbs,
  },
  {
    name: 'completion',
    about: 'print a script that completes commands, for bash, zsh or fish',
    load: async () => (await import('./nouns/completion.ts')).completionVerbs(NOUNS),
  },
  {
    name: 'open',
    about: 'open the portal',
    load: async () => (await import('./nouns/account.ts')).openVerbs,
  },
];
