/**
 * The inputs of the step, as the runner puts them into the environment. Everything is checked here,
 * before anything is asked for: a token that could not be handed on is never issued.
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
type Form = (typeof FORMS)[number]

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

/** A form of output with what it needs. */
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

/** The runner's way of naming: capitals, `_` for spaces, hyphens as they are. */
function readInput(environment: Environment, name: string): string | undefined {
  const value = environment[`INPUT_${name.toUpperCase()}`]?.trim() ?? ''
  if (value === '') return undefined
  if (value.length > MAX_INPUT_CHARACTERS) {
    throw new StepFailure(`${name} is longer than ${MAX_INPUT_CHARACTERS} characters`)
  }
  const isList = name === 'scope' || name === 'output'
  // A line end would let a value that came from outside add lines of its own to a file.
  const unsafe = isList ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u
  if (unsafe.test(value)) throw new StepFailure(`${name} must not hold control characters`)
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
    if (form === undefined) throw new StepFailure(`output must be of ${FORMS.join(', ')}`)
    return form
  })
  return [...new Set(forms)]
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
      return { form, name: checkEnvName(read('env-name') ?? 'EDGEMINT_TOKEN') }
    case 'file':
      return { form, path: read('file') }
    case 'netrc': {
      const place = parseHost('host', needs('host'))
      // A netrc entry is for every port of its machine, whatever was meant.
      if (place.host !== place.hostname) throw new StepFailure('netrc knows no ports: name a host')
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

/** No character that separates or quotes in netrc, in a URL or in a Basic header. */
function parseUsername(read: Read): string {
  const username = read('username') ?? 'edgemint'
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(username)) {
    throw new StepFailure('username must be letters, digits, dots, hyphens and underscores')
  }
  return username
}
