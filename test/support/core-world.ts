/**
 * Runs core with ports that a test can inspect: a fixed clock, keys of the dev issuer, revocations
 * in a set, and a list of recorded decisions.
 */

import { createHash, randomBytes } from 'node:crypto'
import { DECISION_RANDOM_BYTES, formatDecisionId } from '../../src/contract/decisions/id.ts'
import type { DecisionEvent } from '../../src/core/audit.ts'
import type { ExchangeSettings } from '../../src/core/endpoint/course.ts'
import { introspect } from '../../src/core/endpoint/introspect.ts'
import { type RenderedResponse, renderDenial } from '../../src/core/endpoint/render.ts'
import { revoke } from '../../src/core/endpoint/revoke.ts'
import { exchange } from '../../src/core/endpoint/token-endpoint.ts'
import type { CallerToken } from '../../src/core/evidence/proof/check-caller.ts'
import { CLIENT_CREDENTIALS } from '../../src/core/grants/client-credentials.ts'
import { GRANT_TYPES } from '../../src/core/grants/index.ts'
import { type IssuerKeys, readKeySet } from '../../src/core/keys/issuer-keys.ts'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'
import type { Ceilings, CompiledTrust } from '../../src/core/policy/compile/compiled.ts'
import { ANY_TRUST_DOMAIN } from '../../src/core/policy/consumer/trust-domain.ts'
import type { ExchangePorts } from '../../src/core/ports.ts'
import { createTokenMint } from '../../src/core/tokens/issue.ts'
import { importKeyRing, type KeyRing } from '../../src/core/tokens/keyring.ts'
import type { TrustView } from '../../src/core/trust-view.ts'
import type { CoarseBound } from '../../src/protocol/revocations.ts'
import { createSignatureVerifier } from '../../src/web/signature.ts'
import { lookAtAnswer } from './canary/answers.ts'
import { makeSigningKey } from './canary/keys.ts'
import { look } from './canary/watch.ts'
import { createMemoryIssuer, type MemoryIssuer, type MemoryIssuerOptions } from './memory-issuer.ts'
import { createMemoryLedger } from './memory-replay.ts'
import { createMemoryRevocations } from './memory-revocations.ts'
import { newTokenId } from './own-tokens.ts'
import { AUDIENCE, exchangeForm, idpOf, type VectorRequest, vectorTrust } from './vectors.ts'

export const CEILINGS: Ceilings = {
  gatewayIssuer: AUDIENCE,
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  localIssuers: true,
  trustDomain: ANY_TRUST_DOMAIN,
}

type Changed = {
  readonly ports?: Partial<ExchangePorts>
  readonly settings?: Partial<ExchangeSettings>
  readonly authorization?: string
  readonly proofContext?: Partial<ExchangeInput['proofContext']>
}

export type CoreWorld = {
  readonly issuer: MemoryIssuer
  readonly now: () => number
  readonly ports: ExchangePorts
  readonly keyRing: KeyRing
  readonly recorded: DecisionEvent[]
  readonly revoke: (tokenId: string) => Promise<unknown>
  /** The coarse revocations in force. */
  readonly coarse: CoarseBound[]
  /**
   * Handles a request like the routes of the Worker. The response never contains `reason`, so it is
   * returned beside it.
   */
  readonly answer: (request: VectorRequest) => Promise<{
    readonly response: RenderedResponse
    readonly reason: string | undefined
  }>
  /** Returns the response to a valid exchange with this subject token. */
  readonly exchange: (
    subjectToken: string,
    change?: Readonly<Record<string, string>>,
    ports?: Partial<ExchangePorts>,
  ) => Promise<RenderedResponse>
  /** Returns the response to any form, with other settings or ports. */
  readonly send: (
    form: Readonly<Record<string, string>>,
    changed?: Changed,
  ) => Promise<RenderedResponse>
  readonly mint: (claims?: Readonly<Record<string, unknown>>) => Promise<string>
  /** Returns the keys that the issuer at this URL currently publishes. */
  readonly fetchKeys: (issuerUrl: string) => Promise<IssuerKeys>
}

type ExchangeInput = Parameters<typeof exchange>[0]

/** A request without proof of possession. */
const PROOF_CONTEXT = {
  method: 'POST',
  dpop: undefined,
  certificateSha256: undefined,
}

const NOTHING: CompiledTrust = {
  issuers: new Map(),
  resources: new Map(),
  targets: new Map(),
  rules: [],
}

export async function startCoreWorld(
  makeTrust: (issuerUrl: string) => unknown = vectorTrust,
  options: MemoryIssuerOptions = {},
): Promise<CoreWorld> {
  const issuer = createMemoryIssuer(options)
  const issuerUrl = `${issuer.issuer}/github`
  const at = Math.floor(Date.now() / 1000)
  const now = () => at
  const fetchKeys = async (url: string): Promise<IssuerKeys> => {
    const reading = readKeySet(await issuer.keySet(url.slice(issuer.issuer.length + 1)))
    return { keys: reading.ok ? reading.value.keys : [], fetchedAt: at, version: 1 }
  }
  const recorded: DecisionEvent[] = []
  const view: TrustView = {
    revision: 1,
    document: compile(makeTrust(issuerUrl)),
    problems: [],
    policy: NOTHING,
    keys: new Map([
      [issuerUrl, await fetchKeys(issuerUrl)],
      [idpOf(issuerUrl), await fetchKeys(idpOf(issuerUrl))],
    ]),
  }
  const keyRing = await makeKeyRing()
  const revocations = createMemoryRevocations()
  const coarse: CoarseBound[] = []
  const ports: ExchangePorts = {
    clock: now,
    newDecisionId: () =>
      formatDecisionId({ shard: 0, at: Date.now() }, randomBytes(DECISION_RANDOM_BYTES)),
    sha256: async (text) => createHash('sha256').update(text).digest('hex'),
    loadTrust: () => view,
    keyRing,
    loadRevocations: () => ({
      ...revocations,
      hasCoarse: coarse.length > 0,
      findCoarse: (names) =>
        coarse.filter(({ grain, id }) =>
          names.some(([name, value]) => name === grain && (value ?? id) === id),
        ),
    }),
    verifySignature: createSignatureVerifier(),
    refreshKeys: async (url) => view.keys.get(url),
    findMint: createTokenMint(keyRing, newTokenId),
    ...createMemoryLedger(),
    checkNonce: (nonce) => ({ isAccepted: nonce === undefined }),
    keepsRecords: true,
    record: (event) => {
      look('log lines', event.event, JSON.stringify(event))
      recorded.push(event)
    },
  }
  const settings: ExchangeSettings = {
    gatewayIssuer: AUDIENCE,
    grantTypes: GRANT_TYPES,
    maxTokenLifetimeSeconds: 3600,
    issuerKeysMaxStaleSeconds: 3600,
    replayNotBefore: 0,
    bindsCertificates: false,
  }
  const lifecycle = {
    gatewayIssuer: AUDIENCE,
    keyRing,
    clock: now,
    proveCaller: async (_: object, { scheme }: CallerToken) => scheme === 'Bearer',
    ...revocations,
    assertions: { ...ports, issuerKeysMaxStaleSeconds: settings.issuerKeysMaxStaleSeconds },
  }

  async function answer({ path, body, headers }: VectorRequest) {
    const isTooLarge = body.length > 32 * 1024
    const input = {
      text: isTooLarge ? undefined : body,
      isTooLarge,
      isEncoded: headers['content-encoding'] !== undefined,
      contentType: headers['content-type'],
      authorization: headers.authorization,
      proofContext: { ...PROOF_CONTEXT, dpop: headers.dpop },
    }
    if (path === '/token') {
      const response = await exchangeSeen(input)
      return { response, reason: recorded.at(-1)?.reason }
    }
    const outcome = await (path === '/revoke' ? revoke : introspect)(input, lifecycle)
    if (outcome.ok) throw new Error(`${path} was not refused`)
    const response = renderDenial(outcome.error, undefined, CLIENT_CREDENTIALS)
    lookAtAnswer(path, response.status, JSON.stringify(response))
    return { response, reason: outcome.error.reason }
  }

  async function exchangeSeen(input: ExchangeInput, changed: Changed = {}) {
    const response = await exchange(
      input,
      { ...settings, ...changed.settings },
      { ...ports, ...changed.ports },
    )
    lookAtAnswer('/token', response.status, JSON.stringify(response))
    return response
  }

  function send(form: Readonly<Record<string, string>>, changed: Changed = {}) {
    const input = {
      text: new URLSearchParams(form).toString(),
      isTooLarge: false,
      contentType: 'application/x-www-form-urlencoded',
      authorization: changed.authorization,
      proofContext: { ...PROOF_CONTEXT, ...changed.proofContext },
    }
    return exchangeSeen(input, changed)
  }

  return {
    issuer,
    now,
    ports,
    keyRing,
    recorded,
    coarse,
    revoke: (jti) => revocations.revokeToken({ jti, expiresAt: at + 3600, by: 'test' }),
    answer,
    exchange: (subjectToken, change = {}, changedPorts = {}) =>
      send({ ...exchangeForm(subjectToken), ...change }, { ports: changedPorts }),
    send,
    mint: (claims = {}) =>
      issuer.mint({ provider: 'github-actions', audience: AUDIENCE, claims }, 'github'),
    fetchKeys,
  }
}

function compile(document: unknown): CompiledTrust {
  const compiled = compileTrust(document, CEILINGS)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  return compiled.trust
}

async function makeKeyRing() {
  const text = await makeSigningKey()
  return (await importKeyRing([{ name: 'SIGNING_KEY_TEST', jwk: text }])).ring
}
