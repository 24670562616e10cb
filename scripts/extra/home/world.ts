/**
 * A gateway in production and what it needs: a signing key, a policy and a trust document whose
 * issuers have uploaded keys, because such a gateway does not accept issuers on loopback addresses.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeSigningKey } from '../../../test/support/canary/keys.ts'
import { deriveKey } from '../../../test/support/derived-keys.ts'
import { MAX_SAID_CHARACTERS, type Started, startProcess } from '../../processes.ts'

export const ISSUER = 'https://sts.example.com'
const API = 'https://api.example.com'
/** Its tokens are bound to a key or a certificate. */
export const BOUND = 'https://bound.example.com'
export const CLI = join(import.meta.dirname, '../../../dist/cli/shell/main.js')
const IDP = 'https://idp.example.com'
const OPERATORS = 'https://operators.example.com'

export type Home = {
  readonly folder: string
  readonly state: string
  readonly keyFile: string
  readonly trustFile: string
  readonly environment: Readonly<Record<string, string>>
  /** A subject token of a job. Each call returns another one. */
  readonly mint: (claims?: object) => Promise<string>
  /** A subject token of an administrator. */
  readonly mintAdmin: () => Promise<string>
  readonly writeTrust: (rule: string) => string
}

export async function makeHome(folder: string): Promise<Home> {
  mkdirSync(folder, { recursive: true })
  const [jobs, operators] = [await deriveKey('idp'), await deriveKey('admin')]
  const keyFile = join(folder, 'signing-key.json')
  writeFileSync(keyFile, await makeSigningKey(), { mode: 0o600 })
  const issuerOf = (issuer: string, publicJwk: object) => ({
    provider: 'generic-oidc',
    issuer,
    keys: { jwks: { keys: [publicJwk] } },
  })
  const rule = { owner: 'platform@example.com', expires: '2099-12-31' }
  const policy = {
    issuers: { operators: issuerOf(OPERATORS, operators.publicJwk) },
    rules: [
      {
        ...rule,
        name: 'administer',
        from: 'operators',
        when: { sub: 'operator' },
        grant: { scopes: ['owner'], lifetime: '10m' },
      },
    ],
  }
  const writeTrust = (name: string) => {
    const path = join(folder, `${name}.json`)
    const accept = ['LINT-07', 'LINT-28', 'LINT-35', 'PROBE'].map((lint) => ({
      lint,
      reason: 'A rule of a check.',
    }))
    const document = {
      version: 1,
      issuers: { idp: issuerOf(IDP, jobs.publicJwk) },
      resources: {
        [API]: { scopes: ['deploy'] },
        [BOUND]: { scopes: ['deploy'], proof_of_possession: 'required' },
      },
      rules: [API, BOUND].map((resource) => ({
        ...rule,
        name: resource === API ? name : 'bound',
        from: 'idp',
        when: { job: 'deploy' },
        accept,
        grant: { resource, scopes: ['deploy'], replay: 'reuse' },
      })),
    }
    writeFileSync(path, JSON.stringify(document, null, 2))
    return path
  }
  let count = 0
  const times = () => {
    const iat = Math.floor(Date.now() / 1000)
    count += 1
    return { aud: ISSUER, iat, exp: iat + 300, jti: `${process.pid}-${count}` }
  }
  return {
    folder,
    state: join(folder, 'state'),
    keyFile,
    trustFile: writeTrust('deploy'),
    environment: { BOOTSTRAP_TRUST: JSON.stringify(policy) },
    mint: (claims = {}) =>
      jobs.sign({ iss: IDP, sub: 'job:1', job: 'deploy', ...times(), ...claims }),
    mintAdmin: () => operators.sign({ iss: OPERATORS, sub: 'operator', ...times() }),
    writeTrust,
  }
}

/** The flags without which no gateway in production starts. */
export function homeFlags(home: Home): readonly string[] {
  const { state, keyFile } = home
  return [
    '--production',
    '--issuer',
    ISSUER,
    '--state',
    state,
    '--signing-key-file',
    `A=${keyFile}`,
  ]
}

export function startHome(home: Home, flags: readonly string[]): Promise<Started> {
  const args = [CLI, 'serve', ...homeFlags(home), ...flags]
  return startProcess(process.execPath, args, home.environment)
}

/** The form of an exchange. */
export function exchangeForm(subjectToken: string, resource = API): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token: subjectToken,
    resource,
  })
}

/** Each line of the log. Throws if one is no JSON object. The first one of a long log is cut. */
export function readLog(text: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = text.split('\n')
  return (text.length < MAX_SAID_CHARACTERS ? lines : lines.slice(1))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
}
