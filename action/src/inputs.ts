/**
 * Reads and checks the inputs of the step, which the runner puts into the environment. All checks run
 * before a token is requested, so that no token is issued that the step cannot pass on.
 */
import {
  canonicalGatewayUrl,
  findGatewayUrlFault,
  findLifetimeFault,
  parseSeconds,
} from '../../src/client/in-house.ts'
import { checkEnvName } from './env-name.ts'
import { MAX_INPUT_CHARACTERS, MAX_RETRY_SECONDS } from './limits.ts'
import { type Place, parseHost, parsePlace } from './place.ts'
import { StepFailure } from './step-failure.ts'

const FORMS = ['output', 'env', 'file', 'netrc', 'npmrc', 'docker', 'git-credential'] as const
export type Form = (typeof FORMS)[number]

/** The defaults of action.yml, which an empty input gets too. */
export const DEFAULT_ENV_NAME = 'EDGEMINT_TOKEN'
export const DEFAULT_USERNAME = 'edgemint'

export type Inputs = {
  readonly url: string
  readonly resource: string
  readonly scopes: readonly string[]
  readonly rule: string | undefined
  readonly audience: string
  readonly lifetimeSeconds: number | undefined
  readonly retrySeconds: number | undefined
  readonly deliveries: readonly DeliveryOrder[]
}

/** A form of output with its inputs. */
export type DeliveryOrder =
  | { readonly form: 'output' }
  | { readonly form: 'env'; readonly name: string }
  | { readonly form: 'file'; readonly path: string | undefined }
  | { readonly form: 'netrc'; readonly place: Place; readonly username: string }
  | { readonly form: 'npmrc'; readonly place: Place }
  | { readonly form: 'docker'; readonly place: Place; readonly username: string }
  | { readonly form: 'git-credential'; readonly place: Place; readonly username: string }

export type Environment = Readonly<Record<string, string | undefined>>

export function parseInputs(environment: Environment): Inputs {
  const read = (name: string) => readInput(environment, name)
  const given = requireInput('url', read('url'))
  const fault = findGatewayUrlFault(given)
  if (fault !== undefined) throw new StepFailure(`url ${fault}`)
  const url = canonicalGatewayUrl(given)
  const lifetime = read('lifetime')
  const retrySeconds = read('retry-seconds')
  return {
    url,
    resource: requireInput('resource', read('resource')),
    scopes: splitList(read('scope') ?? ''),
    rule: read('rule'),
    audience: read('audience') ?? url,
    lifetimeSeconds: lifetime === undefined ? undefined : parseLifetime(lifetime),
    retrySeconds: retrySeconds === undefined ? undefined : parseRetrySeconds(retrySeconds),
    deliveries: parseForms(read('output') ?? 'output').map((form) => parseOrder(form, read)),
  }
}

/** Reads an input. The runner names its variable in upper case, with hyphens unchanged. */
function readInput(environment: Environment, name: string): string | undefined {
  const value = environment[`INPUT_${name.toUpperCase()}`]?.trim() ?? ''
  if (value === '') return undefined
  if (value.length > MAX_INPUT_CHARACTERS) {
    throw new StepFailure(`${name} is longer than ${MAX_INPUT_CHARACTERS} characters`)
  }
  const isList = name === 'scope' || name === 'output'
  // With a line end, a value from an untrusted source could add lines to a file.
  const unsafe = isList ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u
  if (unsafe.test(value)) throw new StepFailure(`${name} must not contain control characters`)
  return value
}

function requireInput(name: string, value: string | undefined): string {
  if (value === undefined) throw new StepFailure(`the input ${name} is missing`)
  return value
}

function splitList(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}

function parseLifetime(text: string): number {
  const seconds = parseSeconds(text)
  const fault = findLifetimeFault(seconds)
  if (fault !== undefined) throw new StepFailure(`lifetime ${fault}`)
  return seconds
}

function parseRetrySeconds(text: string): number {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > MAX_RETRY_SECONDS) {
    throw new StepFailure(`retry-seconds must be a number from 0 to ${MAX_RETRY_SECONDS}`)
  }
  return Number(text)
}

function parseForms(text: string): readonly Form[] {
  const forms = splitList(text).map((name) => {
    const form = FORMS.find((known) => known === name)
    if (form === undefined)
      throw new StepFailure(`output must be one or more of ${FORMS.join(', ')}`)
    return form
  })
  return [...new Set(forms)]
}

/** `dir/token/` would become the file `token` in `dir`. */
function checkFilePath(path: string | undefined): string | undefined {
  if (path !== undefined && /[/\\]$/.test(path)) {
    throw new StepFailure('file must be the path of a file, without a slash at its end')
  }
  return path
}

type Read = (name: string) => string | undefined

function parseOrder(form: Form, read: Read): DeliveryOrder {
  const needs = (name: string) => {
    const value = read(name)
    if (value === undefined) throw new StepFailure(`output ${form} needs the input ${name}`)
    return value
  }
  switch (form) {
    case 'output':
      return { form }
    case 'env':
      return { form, name: checkEnvName(read('env-name') ?? DEFAULT_ENV_NAME) }
    case 'file':
      return { form, path: checkFilePath(read('file')) }
    case 'netrc': {
      const place = parseHost('host', needs('host'))
      // A netrc entry applies to every port of its machine.
      if (place.host !== place.hostname) {
        throw new StepFailure('netrc does not support ports: use a host without a port')
      }
      return { form, place, username: parseUsername(read) }
    }
    case 'git-credential':
      return { form, place: parseHost('host', needs('host')), username: parseUsername(read) }
    case 'npmrc':
      return { form, place: parsePlace('registry', needs('registry')) }
    case 'docker':
      return {
        form,
        place: parseHost('registry', needs('registry')),
        username: parseUsername(read),
      }
  }
}

/** Refuses characters that have a meaning in netrc, in a URL or in a Basic header. */
function parseUsername(read: Read): string {
  const username = read('username') ?? DEFAULT_USERNAME
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(username)) {
    throw new StepFailure('username must be letters, digits, dots, hyphens and underscores')
  }
  return username
}
