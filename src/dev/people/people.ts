/**
 * A provider of people: an issuer of the dev issuer at which persons sign in, for a public client.
 * Nobody has a password: whoever reaches the page can be anybody.
 */
import type { Realm } from '../issuer/issuer-realm.ts'
import { authorize } from './authorize.ts'
import { normalBehaviour, type PeopleBehaviour } from './behaviour.ts'
import { showDevicePage, startDevice } from './device-pages.ts'
import { createDevices } from './devices.ts'
import { PEOPLE_GRANT_TYPES } from './grant-types.ts'
import { createGrants } from './grants.ts'
import type { PeopleAnswer, PeopleRequest } from './http.ts'
import { type Person, SCOPES } from './person.ts'
import { createSignIn } from './sign-in.ts'
import { answerRevocation, answerToken } from './token-endpoint.ts'

/** The path of the issuer below that of the dev issuer. */
export const PEOPLE_PATH = '/people'
/** The public client that is registered. */
const CLIENT_ID = 'edgemint'

/** What a request asks for. */
export type Asked = Pick<PeopleRequest, 'method' | 'endpoint' | 'query'>

export type People = {
  readonly issuer: string
  readonly behaviour: PeopleBehaviour
  /** Members of the discovery document. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** Whether there is such an endpoint, such as `GET /authorize`. */
  readonly serves: (asked: Asked) => boolean
  readonly answer: (request: PeopleRequest) => Promise<PeopleAnswer>
}

type Options = {
  readonly issuer: string
  /** Its keys are made when a token needs them. */
  readonly realm: () => Realm
  readonly people: readonly Person[]
  /** Epoch seconds. */
  readonly now: () => number
  /** Any clock that never goes back. */
  readonly milliseconds: () => number
}

export function createPeople({ issuer, realm, people, now, milliseconds }: Options): People {
  const path = new URL(issuer).pathname
  const behaviour = normalBehaviour()
  const parts = {
    ...{ realm, issuer, path, clientId: CLIENT_ID, behaviour, now },
    grants: createGrants(now),
    devices: createDevices(now, milliseconds),
    signIn: createSignIn(people, path, now),
  }
  const endpoints: Readonly<
    Record<string, (request: PeopleRequest) => PeopleAnswer | Promise<PeopleAnswer>>
  > = {
    'GET /authorize': (request) => authorize(request, parts),
    'POST /authorize': (request) => authorize(request, parts),
    'POST /sign-in': (request) => parts.signIn.answer(request),
    'POST /token': (request) => answerToken(request, parts),
    'POST /revoke': (request) => answerRevocation(request, parts),
    'POST /device_authorization': (request) => startDevice(request, parts),
    'GET /device': (request) => showDevicePage(request, parts),
  }
  const at = ({ method, endpoint }: Asked) => endpoints[`${method} ${endpoint}`]
  return {
    issuer,
    behaviour,
    metadata: {
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/revoke`,
      device_authorization_endpoint: `${issuer}/device_authorization`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: PEOPLE_GRANT_TYPES,
      scopes_supported: SCOPES,
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    },
    serves: (asked) => at(asked) !== undefined,
    async answer(request) {
      const endpoint = at(request)
      if (endpoint === undefined) throw new RangeError(`no ${request.method} ${request.endpoint}`)
      return endpoint(request)
    },
  }
}
