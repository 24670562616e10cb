/**
 * The names of an expression: two variables, and hints for names of other systems.
 */
import { MAX_NAME_CHARACTERS } from '../../../../contract/limits.ts'
import { FUNCTION_NAMES } from './functions.ts'
import { LOOPS } from './syntax.ts'
import { INT, MAP, REQUEST, STRING, type Type } from './types.ts'

export const VARIABLES: Readonly<Record<string, Type>> = { claims: MAP, request: REQUEST }

/** The connection data that the platform reports. */
export const REQUEST_MEMBERS: Readonly<Record<string, Type>> = {
  country: STRING,
  asn: INT,
  ip: STRING,
  tls: STRING,
}

const OF_THE_TOKEN = 'use claims for the claims of the token, such as claims.sub'
const MAPPED = 'there is no attribute mapping; read the claim itself, such as claims.sub'
const NO_TIME = 'an expression cannot read the time; use expires to end a rule'
const NOT_KNOWN = 'an expression can only read the claims of the token and the connection'

/** Names from other systems that people paste, with what to write instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  assertion: 'use claims in place of assertion, such as claims.sub for assertion.sub',
  google: MAPPED,
  attribute: MAPPED,
  attributes: MAPPED,
  subject: 'use claims.sub for the subject of the token',
  principal: OF_THE_TOKEN,
  token: OF_THE_TOKEN,
  jwt: OF_THE_TOKEN,
  auth: OF_THE_TOKEN,
  identity: OF_THE_TOKEN,
  claim: OF_THE_TOKEN,
  aws: OF_THE_TOKEN,
  resource: `${NOT_KNOWN}; the grant of the rule names the resource`,
  True: 'write true',
  False: 'write false',
  now: NO_TIME,
  context: 'use request for the connection, such as request.country',
}

/** What to write instead of an unknown name at this index of the source. */
export function adviseName(name: string, source: string, index: number): string {
  const start = /\.([\w-]*-)$/.exec(source.slice(0, index))?.[1]
  if (start !== undefined) {
    const whole = start + /^[\w-]+/.exec(source.slice(index))
    return `write a name with a hyphen in brackets, such as claims["${whole.slice(0, MAX_NAME_CHARACTERS)}"]`
  }
  if (Object.hasOwn(ELSEWHERE, name)) return ELSEWHERE[name] ?? ''
  const claim = name.length > MAX_NAME_CHARACTERS ? 'claims.sub' : `claims.${name}`
  return `use one of the variables ${Object.keys(VARIABLES).join(' and ')}, such as ${claim}`
}

const UNAVAILABLE: Readonly<Record<string, string>> = {
  matches: 'there are no regular expressions; use a glob in when, startsWith, endsWith or contains',
  map: 'use exists, all or exists_one on the list itself',
  filter: 'use exists, all or exists_one on the list itself',
  timestamp: NO_TIME,
  duration: NO_TIME,
  dyn: 'remove it: a claim can be compared with any type',
}

/** What to call instead of an unknown function. */
export function adviseFunction(name: string): string {
  if (Object.hasOwn(UNAVAILABLE, name)) return UNAVAILABLE[name] ?? ''
  const names = ['has', ...FUNCTION_NAMES, ...LOOPS]
  const same = names.find((one) => one.toLowerCase() === name.replaceAll('_', '').toLowerCase())
  return same === undefined ? `only ${names.join(', ')} can be called` : `write ${same}`
}
