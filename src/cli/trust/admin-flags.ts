/** The flags of the commands that speak to the admin API of a gateway, and of those that compile for one. */
import type { Arguments, Flags } from '../shell/command.ts'

/** The token comes from a file, because arguments are visible in the list of processes. */
export function adminFlags(scopes: string) {
  return {
    url: { value: 'URL', about: 'the gateway, by its issuer URL', required: true },
    'token-file': {
      value: 'FILE',
      about: `a token of the gateway for itself with ${scopes}; \`-\` reads stdin`,
      required: true,
      completes: 'files',
    },
  } as const satisfies Flags
}

export const TRUST_FILE = {
  least: 1,
  most: 1,
  what: 'a trust file',
  completes: 'files',
} as const satisfies Arguments

export const TRUST_FILES = { ...TRUST_FILE, most: Number.POSITIVE_INFINITY }

export const GATEWAY_ISSUER_FLAGS = {
  issuer: {
    value: 'URL',
    about: 'the gateway that the document is for, by its issuer URL',
    default: '`https://sts.example.com`',
  },
  'local-issuers': { about: 'accept `http` issuers on loopback addresses' },
} as const satisfies Flags

export const CLAIMS_FLAGS = {
  claims: {
    value: 'FILE',
    about: 'claims of one token as a JSON object; `-` reads stdin',
    completes: 'files',
  },
  'token-file': {
    value: 'FILE',
    about: 'a subject token instead; it is decoded and not verified',
    completes: 'files',
  },
} as const satisfies Flags
