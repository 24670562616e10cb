/**
 * A stand-in for AWS STS: `AssumeRoleWithWebIdentity` over HTTP, with the checks that AWS documents.
 * It differs from AWS in one point: an issuer may be `http` on a loopback address. It keeps what
 * CloudTrail would show.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, type JSONWebKeySet } from 'jose'
import { CREDENTIALS, renderGranted, renderRefused } from '../../cli/support/sts.ts'
import { readSessionTags, type SessionTags, validateAws } from './aws.ts'

/** An IAM OIDC provider of the account. */
type Provider = { readonly url: string; readonly clientIds: readonly string[] }

/** A role, and what its trust policy allows. */
type Role = {
  readonly arn: string
  readonly audience: string
  readonly subject: string
  /** Whether the policy has `sts:TagSession`. */
  readonly allowsTags: boolean
}

/** An event of CloudTrail, as far as a test needs it. */
type TrailEvent = {
  readonly eventName: 'AssumeRoleWithWebIdentity'
  readonly userName: string
  readonly requestParameters: SessionTags & {
    readonly roleArn: string
    readonly roleSessionName: string
  }
}

export type StsServer = {
  readonly url: string
  readonly trail: readonly TrailEvent[]
  readonly close: () => Promise<void>
}

type Reply = readonly [status: number, body: string]

const refuse = (code: string, message: string, status = 400): Reply => [
  status,
  renderRefused(code, message),
]

export async function startStsServer(account: {
  readonly providers: readonly Provider[]
  readonly roles: readonly Role[]
}): Promise<StsServer> {
  const trail: TrailEvent[] = []

  async function assume(form: URLSearchParams): Promise<Reply> {
    const token = form.get('WebIdentityToken') ?? ''
    const roleArn = form.get('RoleArn') ?? ''
    const roleSessionName = form.get('RoleSessionName') ?? ''
    if (form.get('Action') !== 'AssumeRoleWithWebIdentity') return refuse('InvalidAction', '')
    if (!/^[\w+=,.@-]{2,64}$/.test(roleSessionName)) return refuse('ValidationError', 'session')
    const { iss = '' } = decodeJwt(token)
    const provider = account.providers.find(({ url }) => url === iss)
    if (provider === undefined) {
      return refuse('InvalidIdentityToken', 'No OpenIDConnect provider found in your account')
    }
    const keySet = await fetchKeys(provider.url)
    if (typeof keySet === 'string') return refuse('IDPCommunicationError', keySet)
    const role = account.roles.find(({ arn }) => arn === roleArn)
    const audience = provider.clientIds.find((id) => id === decodeJwt(token).aud)
    if (audience === undefined) return refuse('InvalidIdentityToken', 'Incorrect token audience')
    const at = Math.floor(Date.now() / 1000)
    const verdict = await validateAws({ token, at, issuer: provider.url, keySet, audience })
    if (!verdict.isAccepted) {
      const [code = '', message = ''] = verdict.reason.split(': ')
      return refuse(code, message)
    }
    const tags = readSessionTags(verdict.claims['https://aws.amazon.com/tags'])
    const { sub = '' } = verdict.claims
    if (typeof tags === 'string') return refuse('ValidationError', tags)
    const isTagged = Object.keys(tags.principalTags).length > 0
    const isAllowed =
      role?.audience === audience && role.subject === sub && (role.allowsTags || !isTagged)
    if (!isAllowed) {
      return refuse('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
    }
    trail.push({
      eventName: 'AssumeRoleWithWebIdentity',
      userName: sub,
      requestParameters: { roleArn, roleSessionName, ...tags },
    })
    return [200, renderGranted(CREDENTIALS)]
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const [status, text] = await assume(new URLSearchParams(body))
    response.writeHead(status, { 'content-type': 'text/xml' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, trail, close: () => closeServer(server) }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** What IAM requires of the metadata (FD-01, FD-04), and the key set that it names. */
async function fetchKeys(issuer: string): Promise<JSONWebKeySet | string> {
  const { protocol, hostname } = new URL(issuer)
  if (protocol !== 'https:' && hostname !== '127.0.0.1') return 'the issuer is not https'
  const response = await fetch(`${issuer}/.well-known/openid-configuration`)
  if (!response.ok) return 'the metadata cannot be fetched'
  const metadata = (await response.json()) as Readonly<Record<string, unknown>>
  const lists = (name: string, value: string) => {
    const listed = metadata[name]
    return Array.isArray(listed) && listed.includes(value)
  }
  if (metadata.issuer !== issuer) return 'the issuer of the metadata differs'
  if (!lists('response_types_supported', 'id_token')) return 'response_types_supported'
  if (!lists('subject_types_supported', 'public')) return 'subject_types_supported'
  if (!lists('claims_supported', 'sub')) return 'claims_supported'
  if (!Array.isArray(metadata.id_token_signing_alg_values_supported)) return 'algorithms'
  const keys = await fetch(String(metadata.jwks_uri))
  return keys.ok ? ((await keys.json()) as JSONWebKeySet) : 'the key set cannot be fetched'
}
