/** A fake AWS STS: an HTTP server on 127.0.0.1 with the XML answers that a test sets. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach } from 'vitest'

export type StsReply = {
  readonly status: number
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

type StsRequest = {
  readonly form: URLSearchParams
  readonly authorization: string | undefined
}

export type Sts = {
  readonly url: string
  readonly asked: readonly StsRequest[]
  readonly answer: (answer: (form: URLSearchParams) => StsReply) => void
}

export const CREDENTIALS = {
  AccessKeyId: 'ASIAEXAMPLEEXAMPLE00',
  SecretAccessKey: 'secret/access+key/of/nobody',
  SessionToken: 'session+token/of+nobody==',
  Expiration: '2099-12-31T23:59:59Z',
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** Renders the answer of AWS: the credentials and the other members that AWS sends. */
export function renderGranted(credentials: Readonly<Record<string, string>> = CREDENTIALS): string {
  const members = Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<AssumeRoleWithWebIdentityResponse xmlns="${NAMESPACE}">
  <AssumeRoleWithWebIdentityResult>
    <Audience>https://sts.amazonaws.com</Audience>
    <AssumedRoleUser>
      <AssumedRoleId>AROAEXAMPLE:dec_1</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/deploy/dec_1</Arn>
    </AssumedRoleUser>
    <Provider>arn:aws:iam::123456789012:oidc-provider/sts.example.com</Provider>
    <Credentials>
      ${members.join('\n      ')}
    </Credentials>
    <SubjectFromWebIdentityToken>github:8123456:production</SubjectFromWebIdentityToken>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>
`
}

export function renderRefused(code: string, message: string): string {
  return `<ErrorResponse xmlns="${NAMESPACE}">
  <Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>
  <RequestId>00000000-0000-0000-0000-000000000000</RequestId>
</ErrorResponse>
`
}

export const granted = (): StsReply => ({ status: 200, text: renderGranted() })

export async function startSts(): Promise<Sts> {
  const asked: StsRequest[] = []
  let answer: (form: URLSearchParams) => StsReply = granted
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const form = new URLSearchParams(body)
    asked.push({ form, authorization: request.headers.authorization })
    const reply = answer(form)
    response.writeHead(reply.status, { 'content-type': 'text/xml', ...reply.headers })
    response.end(reply.text ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterEach(() => {
    asked.length = 0
    answer = granted
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    answer: (next) => {
      answer = next
    },
  }
}
