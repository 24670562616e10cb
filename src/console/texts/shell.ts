/** The texts of the frame around every page, and of parts that several pages have. */

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
    detail:
      'The gateway did not answer, or was updated since you opened the console. Reload the page.',
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
  trust: 'Trust document',
  playground: 'Playground',
  revocations: 'Revocations',
  posture: 'Posture',
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
  scopeMissing: {
    title: 'Not allowed',
    detail: (scope: string) =>
      `This needs the scope ${scope}, which your role does not have. The deploy-time policy says who has it.`,
  },
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

export const TABLES = {
  pages: 'Pages of the table',
  previous: 'Previous',
  next: 'Next',
  range: (first: number, last: number, count: number) =>
    `${first.toLocaleString('en')}–${last.toLocaleString('en')} of ${count.toLocaleString('en')}`,
} as const

export const COPY = {
  action: 'Copy',
  done: 'Copied.',
  failed: 'The browser did not allow the copy. Select the text and copy it.',
} as const

/** How severe a finding is. */
export const SEVERITIES = { error: 'error', warn: 'warning', info: 'info' } as const

export const OUTCOMES = {
  granted: 'granted',
  denied: 'denied',
  unavailable: 'unavailable',
} as const
