/** The endpoints of the device flow (RFC 8628): the start of a device, and the page for its person. */
import type { PeopleBehaviour } from './behaviour.ts'
import type { Devices } from './devices.ts'
import { json, oauthError, type PeopleAnswer, type PeopleRequest, readParameters } from './http.ts'
import { renderCodeForm, renderMessage } from './page.ts'
import { readScopes } from './scopes.ts'
import type { SignIn } from './sign-in.ts'

type Parts = {
  readonly issuer: string
  readonly path: string
  readonly clientId: string
  readonly devices: Devices
  readonly signIn: SignIn
  readonly behaviour: PeopleBehaviour
  readonly now: () => number
}

/** RFC 8628 §3.1 and §3.2. */
export function startDevice(request: PeopleRequest, parts: Parts): PeopleAnswer {
  const form = readParameters(request.body)
  if (form.repeated !== undefined)
    return oauthError('invalid_request', 'a parameter is given twice')
  if (form.get('client_id') !== parts.clientId) {
    return oauthError('invalid_client', 'the client is unknown', 401)
  }
  const scopes = readScopes(form.get('scope'))
  if (scopes === undefined) {
    return oauthError('invalid_scope', 'scope must have openid and only known scopes')
  }
  const { code, userCode, interval, expiresIn } = parts.devices.start(parts.clientId, scopes)
  const page = `${parts.issuer}/device`
  return json(200, {
    device_code: code,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_in: expiresIn,
    interval,
  })
}

/** The page where a person types the code, or confirms the code of a link, and chooses an account. */
export function showDevicePage(request: PeopleRequest, parts: Parts): PeopleAnswer {
  const action = `${parts.path}/device`
  const typed = readParameters(request.query).get('user_code')
  if (typed === undefined) return renderCodeForm(action)
  const device = parts.devices.find(typed)
  if (device === undefined) {
    return renderCodeForm(action, 'No device waits for this code. Look at the device again.')
  }
  // RFC 8628 §5.4: the person compares the code with that of the device in front of them.
  const client = `${device.clientId}, on the device that shows ${device.userCode},`
  return parts.signIn.ask(request, { client }, (person) => {
    if (person === undefined || parts.behaviour.sign_in === 'denied') {
      device.answer = 'denied'
      return renderMessage('Refused', 'The device gets nothing. You can close this page.')
    }
    device.answer = {
      clientId: device.clientId,
      person,
      scopes: device.scopes,
      nonce: undefined,
      authenticatedAt: parts.now(),
    }
    return renderMessage('Connected', 'The device is signed in. You can close this page.')
  })
}
