/** One row of `npm run bench`: the gateway and both floors, under the same tokens, in turns. */
import { join } from 'node:path'
import {
  makeKey,
  makeProofs,
  makeTrust,
  mintTokens,
  renderForm,
  type SigningAlgorithm,
} from './fixtures.ts'
import type { FloorName } from './floors/build.ts'
import {
  type Comparison,
  type Contestant,
  compare,
  type Figures,
  runRounds,
  summarise,
} from './rounds.ts'
import { DocumentRefused, type Server, startFloor, startMeasuredGateway } from './servers.ts'
import type { Variant } from './variants.ts'
import { formStep, type World } from './world.ts'

type FloorResult = { readonly figures: Figures; readonly ofFloor: Comparison }

export type RowResult = {
  readonly name: string
  readonly tokenCharacters: number
  readonly gateway: Figures
  readonly floors: Readonly<Record<FloorName, FloorResult>>
  /** The same gateway with ten rules, in the rows that say so. */
  readonly tenRules?: FloorResult
}

/** A row that this gateway cannot run. */
export type RefusedRow = { readonly name: string; readonly refused: string }

type FloorScripts = Readonly<Record<FloorName, string>>

/** Distinct tokens that the load sends in turn where a token may be used again. */
const TOKENS = 256
/** A ref that no rule of the benchmark names. */
const OTHER_REF = 'refs/tags/x'
/** More than a gateway uses; otherwise a slice ends when they are spent. */
const ONCE_PER_SECOND = 2000
const PROOFS_PER_SECOND = 5000
const TEN_RULES = 10

export type VariantOptions = { readonly pairs: number; readonly seconds: number }

export async function runVariant(
  world: World,
  scripts: FloorScripts,
  variant: Variant,
  options: VariantOptions,
): Promise<RowResult | RefusedRow> {
  let servers: ComparedServers
  try {
    servers = await startServers(world, scripts, variant, await makeSigningKey(variant.algorithm))
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error
    return { name: variant.name, refused: error.message }
  }
  try {
    const tokens = await makeTokens(world, variant, TOKENS)
    const contestants = listContestants(world, variant, servers, tokens)
    const slices = await runRounds(contestants, { client: world.client, ...options })
    const of = (name: string) => slices.get(name) ?? []
    const floor = (name: FloorName | 'ten') => ({
      figures: summarise(of(name)),
      ofFloor: compare(of('gateway'), of(name)),
    })
    return {
      name: variant.name,
      tokenCharacters: tokens[0]?.length ?? 0,
      gateway: summarise(of('gateway')),
      floors: { jose: floor('jose'), bare: floor('bare') },
      ...(servers.ten === undefined ? {} : { tenRules: floor('ten') }),
    }
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.close()))
  }
}

type ComparedServers = Readonly<Record<'gateway' | FloorName, Server>> & { readonly ten?: Server }

/** One after the other: each start tells Miniflare which guard to use. */
export async function startServers(
  world: Pick<World, 'issuer' | 'verifyKey' | 'scratch' | 'place'>,
  scripts: FloorScripts,
  variant: Variant,
  signKey: string,
): Promise<ComparedServers> {
  const folder = join(world.scratch, variant.name.replaceAll(/\W+/g, '-'))
  const start = (name: string, rules: number) =>
    startMeasuredGateway({
      stateDir: join(folder, name),
      key: signKey,
      trust: makeTrust(world.issuer.issuer, {
        rules,
        shape: variant.shape,
        replay: variant.outcome === 'once' ? 'once' : 'reuse',
        audit: variant.decisionLog === 'strict' ? 'strict' : 'standard',
      }),
      hasDecisionLog: variant.decisionLog !== 'off',
    })
  const gateway = await start('gateway', variant.rules)
  const floor = (name: FloorName) =>
    startFloor({
      stateDir: join(folder, name),
      script: scripts[name],
      verifyKey: world.verifyKey,
      signKey,
    })
  const jose = await floor('jose')
  const bare = await floor('bare')
  return {
    gateway: world.place(gateway),
    jose: world.place(jose),
    bare: world.place(bare),
    ...(variant.besideTen ? { ten: world.place(await start('ten', TEN_RULES)) } : {}),
  }
}

const keys = new Map<SigningAlgorithm, string>()

/** RSA keys are slow to make. */
async function makeSigningKey(algorithm: SigningAlgorithm): Promise<string> {
  const key = keys.get(algorithm) ?? (await makeKey(algorithm))
  keys.set(algorithm, key)
  return key
}

/** Distinct tokens of the variant. */
function makeTokens(
  world: Pick<World, 'issuer'>,
  { token, outcome }: Pick<Variant, 'token' | 'outcome'>,
  count: number,
): Promise<readonly string[]> {
  const shape = outcome === 'denied' ? { size: token, ref: OTHER_REF } : { size: token }
  return mintTokens(world.issuer, shape, count)
}

/** Forms with distinct tokens of the variant. */
export async function makeBodies(
  world: Pick<World, 'issuer'>,
  variant: Pick<Variant, 'token' | 'outcome'> & Partial<Pick<Variant, 'grantType'>>,
  count: number,
): Promise<readonly string[]> {
  const tokens = await makeTokens(world, variant, count)
  return tokens.map((token) => renderForm(token, variant.grantType))
}

function listContestants(
  world: World,
  variant: Variant,
  servers: ComparedServers,
  tokens: readonly string[],
): readonly Contestant[] {
  const exchanges = tokens.map((token) => renderForm(token))
  const bodies = tokens.map((token) => renderForm(token, variant.grantType))
  const floor = (name: FloorName): Contestant => ({
    name,
    server: servers[name],
    prepare: async () => {
      const proofs = variant.hasProof ? await makeProofs(exchanges.length) : undefined
      return [formStep('/token', exchanges, 200, proofs)]
    },
    once: false,
  })
  const isOnce = variant.outcome === 'once' || variant.hasProof === true
  const status = variant.outcome === 'denied' ? 400 : 200
  const fresh = (seconds: number) =>
    makeBodies(world, variant, Math.ceil(ONCE_PER_SECOND * seconds))
  const contend = (name: string, server: Server): Contestant => ({
    name,
    server,
    prepare: async (seconds) => {
      if (!variant.hasProof) {
        return [formStep('/token', isOnce ? await fresh(seconds) : bodies, status)]
      }
      const proofs = await makeProofs(Math.ceil(PROOFS_PER_SECOND * seconds))
      const each = proofs.map((_, turn) => bodies[turn % bodies.length] ?? '')
      return [formStep('/token', each, status, proofs)]
    },
    once: isOnce,
  })
  const gateway = contend('gateway', servers.gateway)
  const ten = servers.ten === undefined ? [] : [contend('ten', servers.ten)]
  // The gateway runs between those that it is compared with, so that each is near in time.
  return [floor('jose'), ...ten, gateway, floor('bare')]
}
