/** The texts of the page of the signing keys. */

export const KEYS = {
  title: 'Keys',
  loading: 'Loading the keys',
  lead: 'The keys that sign the tokens of this gateway. Their private halves are secrets of the deployment.',
  empty: 'The gateway has no usable signing key, so it issues no token.',
  table: 'Signing keys of the gateway',
  columns: {
    key: 'Key id',
    algorithm: 'Algorithm',
    state: 'State',
    secret: 'Secret',
    activates: 'Signs from',
    retires: 'Signs until',
    published: 'Published until',
  },
  default: 'default',
  fromDeployment: 'its deployment',
  noEnd: 'no end',
  next: 'Next change',
  noChange: 'No change is scheduled. Run edgemint keys rotate to schedule a successor.',
  changes: {
    activates: (key: string) => `${key} begins to sign`,
    retires: (key: string) => `${key} stops signing`,
    published: (key: string) => `${key} is no longer published`,
  },
  problems: 'Problems',
  warnings: 'Warnings',
  signing: (algorithms: string) => `Signing with ${algorithms}.`,
  noneSigning: 'No key signs.',
} as const
