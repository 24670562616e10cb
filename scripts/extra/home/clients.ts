/** Clients of a gateway under load: exchanges, revocations and changes of the trust document. */
import { readFileSync } from 'node:fs'
import { exchangeForm, type Home, ISSUER } from './world.ts'

export type Send = (path: string, init?: RequestInit) => Promise<Response>

/** What the gateway has acknowledged. */
export type Acknowledged = {
  /** The ids of decisions. */
  readonly decisions: string[]
  readonly revoked: string[]
  revision: number
  /** Answers with a status of 500 or more, and connections that ended without an answer. */
  readonly failures: string[]
}

export function sendTo(url: string): Send {
  return (path, init) => fetch(`${url}${path}`, init)
}

export async function exchange(send: Send, subjectToken: string, resource?: string) {
  const body = exchangeForm(subjectToken, resource)
  const response = await send('/token', { method: 'POST', body })
  const answer = (await response.json()) as { access_token?: string; decision_id?: string }
  return { status: response.status, token: answer.access_token, decision: answer.decision_id }
}

export async function adminHeaders(home: Home, send: Send) {
  const { token, status } = await exchange(send, await home.mintAdmin(), ISSUER)
  if (token === undefined) throw new Error(`no admin token: ${status}`)
  return { authorization: `Bearer ${token}` }
}

export async function readRevision(send: Send, headers: Record<string, string>): Promise<number> {
  const response = await send('/admin/v1/trust', { headers })
  await response.arrayBuffer()
  return Number(response.headers.get('etag')?.replaceAll('"', ''))
}

async function putTrust(
  send: Send,
  headers: Record<string, string>,
  { file, revision }: { readonly file: string; readonly revision: number },
): Promise<number | undefined> {
  const response = await send('/admin/v1/trust', {
    method: 'PUT',
    headers: { ...headers, 'if-match': `"${revision}"`, 'content-type': 'application/json' },
    body: readFileSync(file),
  })
  const answer = (await response.json()) as { revision?: number }
  return response.ok ? answer.revision : undefined
}

export async function isActive(send: Send, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` }
  const body = new URLSearchParams({ token })
  const response = await send('/introspect', { method: 'POST', headers, body })
  return ((await response.json()) as { active: boolean }).active
}

/**
 * Runs clients until one gets no connection any more. `stopped` tells whether the gateway was told to
 * stop: a failure before it is a failure.
 */
export async function runClients(
  home: Home,
  send: Send,
  stopped: () => boolean,
): Promise<Acknowledged> {
  const headers = await adminHeaders(home, send)
  const seen: Acknowledged = {
    decisions: [],
    revoked: [],
    revision: await readRevision(send, headers),
    failures: [],
  }
  const untilRefused = async (act: (round: number) => Promise<void>) => {
    for (let round = 0; ; round += 1) {
      try {
        await act(round)
      } catch (error) {
        const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : {}
        if (!stopped()) seen.failures.push(`${cause?.code ?? error}`)
        return
      }
    }
  }
  const exchanges = Array.from({ length: 6 }, () =>
    untilRefused(async () => {
      const { status, decision } = await exchange(send, await home.mint())
      if (decision !== undefined) seen.decisions.push(decision)
      if (status >= 500 && !stopped()) seen.failures.push(String(status))
    }),
  )
  const revocations = untilRefused(async () => {
    const { token = '', decision } = await exchange(send, await home.mint())
    if (decision !== undefined) seen.decisions.push(decision)
    const body = new URLSearchParams({ token })
    if ((await send('/revoke', { method: 'POST', body })).status === 200) seen.revoked.push(token)
  })
  const changes = untilRefused(async (round) => {
    const file = home.writeTrust(`rule-${process.hrtime.bigint()}-${round}`)
    const revision = await putTrust(send, headers, { file, revision: seen.revision })
    if (revision !== undefined) seen.revision = revision
  })
  await Promise.all([...exchanges, revocations, changes])
  return seen
}

/** The ids of all decisions in the log. */
export async function readDecisionIds(
  send: Send,
  headers: Record<string, string>,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: '500', ...(cursor ? { cursor } : {}) })
    const response = await send(`/admin/v1/decisions?${query}`, { headers })
    const page = (await response.json()) as {
      decisions: readonly { id: string }[]
      next_cursor?: string
      next?: string
    }
    for (const { id } of page.decisions) ids.add(id)
    cursor = page.next_cursor ?? page.next ?? undefined
  } while (cursor !== undefined)
  return ids
}
