/**
 * A job of a platform, as far as it concerns its token: the endpoints, sockets and commands that
 * platforms have for it, all of them handing out what the dev issuer mints.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'

export type Mint = (audience: string) => Promise<string>

export type Job = {
  readonly folder: string
  /** Where the platform answers, and where its commands ask. */
  readonly url: string
  readonly socket: string
  readonly mint: Mint
  readonly writeFile: (name: string, content: string) => string
  readonly close: () => void
}

/** What platforms ask with instead of a secret of the job; any value will do, but it must come. */
export const JOB_TOKEN = 'the-job-itself'

type Question = { readonly url: URL; readonly headers: IncomingMessage['headers']; body: string }
type Answer = { readonly body: string; readonly headers?: Readonly<Record<string, string>> }
type Endpoint = (question: Question, mint: Mint) => Promise<Answer | undefined>

const audienceOf = ({ url }: Question) => url.searchParams.get('audience') ?? ''
const isBearer = ({ headers }: Question) =>
  headers.authorization?.toLowerCase() === `bearer ${JOB_TOKEN}`

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /actions': async (question, mint) =>
    isBearer(question)
      ? { body: JSON.stringify({ value: await mint(audienceOf(question)) }) }
      : undefined,
  'POST /azure-devops': async (question, mint) =>
    isBearer(question)
      ? { body: JSON.stringify({ oidcToken: await mint('api://AzureADTokenExchange') }) }
      : undefined,
  'GET /computeMetadata/v1/instance/service-accounts/default/identity': async (question, mint) =>
    question.headers['metadata-flavor'] === 'Google'
      ? { body: await mint(audienceOf(question)), headers: { 'metadata-flavor': 'Google' } }
      : undefined,
  'GET /identity': async ({ url, headers }, mint) =>
    headers['x-identity-header'] === JOB_TOKEN
      ? {
          body: JSON.stringify({
            access_token: await mint(url.searchParams.get('resource') ?? ''),
          }),
        }
      : undefined,
  'POST /v1/tokens/oidc': async ({ body }, mint) => ({
    body: await mint((JSON.parse(body) as { aud: string }).aud),
  }),
  // For the commands of programs/platform.ts.
  'GET /mint': async (question, mint) => ({ body: await mint(audienceOf(question)) }),
}

export async function startJob(parent: string, mint: Mint): Promise<Job> {
  const folder = mkdtempSync(join(parent, 'job-'))
  const socket = join(folder, 'api.sock')
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    answerQuestion(request, mint).then(
      ({ body, headers }) => response.writeHead(200, headers).end(body),
      () => response.writeHead(403).end(),
    )
  const servers = [createServer(answer), createServer(answer)] as const
  await new Promise<void>((resolve) => servers[0].listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => servers[1].listen(socket, resolve))
  return {
    folder,
    url: `http://127.0.0.1:${(servers[0].address() as AddressInfo).port}`,
    socket,
    mint,
    writeFile(name, content) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    },
    close() {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

async function answerQuestion(request: IncomingMessage, mint: Mint): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const question = { url, headers: request.headers, body: await text(request) }
  const answer = await ENDPOINTS[`${request.method} ${url.pathname}`]?.(question, mint)
  if (answer === undefined) throw new Error('not so')
  return answer
}
