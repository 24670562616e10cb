/** The flags of commands that call the admin API, and of commands that compile a trust file. */
import type { Arguments, Flags } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'

/** The token is read from a file, because arguments are visible in the list of processes. */
export function adminFlags(scopes: string) {
  return {
    url: { value: 'URL', about: 'the issuer URL of the gateway', required: true },
    'token-file': {
      value: 'FILE',
      about: `an admin token of the gateway with ${scopes}; \`-\` reads stdin`,
      default: 'that of `edgemint login`',
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

/** Trust files, or a policy in their place. */
export const TRUST_FILES_OR_POLICY = { ...TRUST_FILES, least: 0 }

export const POLICY_FLAGS = {
  policy: {
    value: 'FILE',
    about: 'a deploy-time policy, the value of `BOOTSTRAP_TRUST`, in addition or in place of FILE',
    completes: 'files',
  },
} as const satisfies Flags

/** Throws a usage failure if a command has neither a trust file nor a policy. */
export function requireFile(paths: readonly string[], policy: string | undefined): void {
  if (paths.length > 0 || policy !== undefined) return
  throw usageFailure(`an argument is missing: ${TRUST_FILES.what}`)
}

export const GATEWAY_ISSUER_FLAGS = {
  issuer: {
    value: 'URL',
    about: 'the issuer URL of the gateway that the document is for',
    default: '`https://sts.example.com`',
  },
  'local-issuers': { about: 'accept `http` issuers on loopback addresses' },
} as const satisfies Flags

export const CLAIMS_FLAGS = {
  claims: {
    value: 'FILE',
    about: 'the claims of one token, as a JSON object; `-` reads stdin',
    completes: 'files',
  },
  'token-file': {
    value: 'FILE',
    about: 'a subject token in place of `--claims`; it is decoded, not verified',
    completes: 'files',
  },
} as const satisfies Flags

export const ACTOR_FLAGS = {
  'actor-claims': {
    value: 'FILE',
    about: 'the claims of the token of the party that acts for the subject, as a JSON object',
    completes: 'files',
  },
  'actor-issuer': { value: 'NAME', about: 'the name of its issuer in the document' },
} as const satisfies Flags
