/**
 * The main step: checks the inputs, creates the files, exchanges the job's OIDC token, masks both
 * tokens in the log, saves the issued token for the post step, and then passes it to later steps.
 */
import {
  createTokenSource,
  type HeldToken,
  openSource,
  type SubjectTokenSource,
} from '../../src/client/index.ts'
import { prepareDelivery } from './deliveries.ts'
import type { Delivery } from './delivery.ts'
import { describeFailure } from './describe-failure.ts'
import { checkIdTokenPermission } from './id-token-permission.ts'
import { type Inputs, parseInputs } from './inputs.ts'
import { createDirectory, createPrivate, type PrivateFile } from './private-files.ts'
import { checkRunnerFiles, setValue } from './runner-files.ts'
import { findUnusedInputs } from './unused-inputs.ts'
import { annotate, mask, say } from './workflow-commands.ts'

try {
  await main()
} catch (error) {
  annotate('error', describeFailure(error))
  process.exitCode = 1
}

async function main(): Promise<void> {
  checkRunnerFiles()
  const inputs = parseInputs(process.env)
  const output = inputs.deliveries.map(({ form }) => form)
  for (const line of findUnusedInputs(process.env, output)) annotate('warning', [line])
  checkIdTokenPermission(process.env)
  // The post step needs the URL even when this step ends early.
  setValue('GITHUB_STATE', 'url', inputs.url)
  const needsFiles = output.some((form) => form !== 'output' && form !== 'env')
  const directory = needsFiles ? createDirectory() : ''
  const surroundings = { directory, environment: process.env }
  const prepared = inputs.deliveries.map((order) => prepareDelivery(order, surroundings))
  const paths = prepared.flatMap((deliver) => deliver('').files ?? []).map(({ path }) => path)
  const files = paths.map((path) => createPrivate(path, directory))
  const issued = await exchange(inputs)
  mask(issued.accessToken)
  setValue('GITHUB_STATE', 'token', issued.accessToken)
  const deliveries = prepared.map((deliver) => deliver(issued.accessToken))
  hand(deliveries, issued, files)
  const scope = issued.scopes.join(' ')
  const expiry = formatMoment(issued.expiresAt)
  say(`issued a token for ${inputs.resource}, scope "${scope}", valid until ${expiry}`)
  say(`the decision is ${issued.decisionId}`)
}

function exchange(inputs: Inputs): Promise<HeldToken> {
  const { deliveries: _, ...options } = inputs
  const source = maskTokens(openSource('github-actions'))
  return createTokenSource({ ...options, source }).getToken()
}

/**
 * Masks each token of the job before it is sent. The log shows the text of a refusal, and a hostile
 * gateway could quote the token in it, which other services accept until it expires.
 */
function maskTokens(source: SubjectTokenSource): SubjectTokenSource {
  return {
    name: source.name,
    async getSubjectToken(request) {
      const token = await source.getSubjectToken(request)
      mask(token)
      return token
    },
  }
}

function hand(
  deliveries: readonly Delivery[],
  issued: HeldToken,
  files: readonly PrivateFile[],
): void {
  for (const value of deliveries.flatMap(({ masks = [] }) => masks)) mask(value)
  const contents = deliveries.flatMap((delivery) => delivery.files ?? [])
  files.forEach((file, index) => {
    file.write(contents[index]?.content ?? '')
  })
  for (const { variables = {} } of deliveries) {
    for (const [name, value] of Object.entries(variables)) setValue('GITHUB_ENV', name, value)
  }
  const isStepOutput = deliveries.some((delivery) => delivery.isStepOutput === true)
  if (isStepOutput) setValue('GITHUB_OUTPUT', 'token', issued.accessToken)
  setValue('GITHUB_OUTPUT', 'expires-at', formatMoment(issued.expiresAt))
  setValue('GITHUB_OUTPUT', 'decision-id', issued.decisionId)
  setValue('GITHUB_OUTPUT', 'scope', issued.scopes.join(' '))
  const [first] = files
  if (first !== undefined) setValue('GITHUB_OUTPUT', 'file', first.path)
}

function formatMoment(epochSeconds: number): string {
  return new Date(Math.floor(epochSeconds) * 1000).toISOString().replace('.000Z', 'Z')
}
