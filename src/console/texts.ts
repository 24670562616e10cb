/**
 * Every text of the console, in one file, by the part of the console that shows it. A text with a
 * variable is a function.
 */

export const PRODUCT = 'Edgemint'

export const SHELL = {
  skip: 'Skip to the content',
  titleOf: (page: string, host: string) => `${page} · ${host} · Edgemint console`,
  menu: 'Menu',
  navigation: 'Console',
  account: 'Account',
  signedInAs: 'Signed in as',
  role: 'Role',
  scopes: 'Scopes',
  sessionEnds: 'Session ends',
  release: 'Release',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  signOut: 'Sign out',
  signOutFailed: 'You are still signed in',
  messages: 'Messages',
  dismiss: 'Dismiss',
  loadingPage: 'Loading the page',
  pageFailed: {
    title: 'This page could not be loaded',
    detail: 'The gateway may have been updated since you opened the console. Reload the page.',
  },
  pageBroken: {
    title: 'This page has a fault',
    detail: 'The console could not show this answer. Reload the page, or use the command line.',
  },
  reload: 'Reload the page',
  notFound: {
    title: 'Page not found',
    detail: 'The console has no page with this address.',
    back: 'Go to the overview',
  },
} as const

export const NAVIGATION = {
  overview: 'Overview',
  rules: 'Rules',
  decisions: 'Decisions',
  issuers: 'Issuers',
  keys: 'Keys',
} as const

export const SIGN_IN = {
  title: 'Sign in',
  lead: (host: string) => `This is the console of the gateway ${host}.`,
  explain:
    'You sign in at the identity provider of this gateway. Its deploy-time policy says who may do what.',
  action: 'Sign in',
  notSetUpTitle: 'Sign-in is not set up',
  notSetUp:
    'Set ADMIN_LOGIN to the issuer and the client id of your identity provider, and deploy again.',
  failedTitle: 'The gateway did not answer',
  doneTitle: 'You are signed in',
  done: 'Close this tab and continue where you were. The other tabs of the console use the new session.',
  goOn: 'Or open the overview here',
  ended: 'Your session has ended. This page keeps what you typed.',
  again: 'Sign in again (new tab)',
  endsSoon: 'Your session ends in less than two minutes.',
} as const

export const FAILURES = {
  withoutDetail: 'The gateway gave no further reason.',
  sessionEnded: {
    title: 'Your session has ended',
    detail: 'Sign in again. The page then loads by itself.',
  },
  unreachable: {
    title: 'The gateway did not answer',
    detail: 'Check your connection, then try again.',
  },
  unreadable: {
    title: 'The answer is not from the gateway',
    detail: (status: number) =>
      `Something between the browser and the gateway answered with status ${status}. Try again.`,
  },
  scopeMissing: (scope: string) => `Your role does not have the scope ${scope}.`,
  retry: 'Try again',
} as const

export const STATES = {
  loading: 'Loading',
  stale: 'This is the last answer. It could not be loaded again.',
} as const

export const TIMES = {
  utc: (text: string) => `${text} UTC`,
  never: 'never',
  none: 'none',
} as const

export const OVERVIEW = {
  title: 'Overview',
  health: 'Health',
  ready: 'Ready',
  notReady: 'Not ready',
  warnings: (count: number) => (count === 1 ? '1 warning' : `${count} warnings`),
  noWarnings: 'No warnings.',
  checks: 'Checks',
  revision: 'Trust document',
  revisionInForce: (revision: number) => `Revision ${revision} is in force.`,
  revisionUnknown: 'The trust document cannot be read.',
} as const
