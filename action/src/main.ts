/**
 * The step itself: check the inputs, exchange the job's own token, hide what was issued from the
 * log, note it for the post step, and only then hand it on.
 */
import { openSource } from '../../src/client/detect.ts'
import { createTokenSource, type HeldToken } from '../../src/client/token-source.ts'
import { renderDelivery } from './deliveries.ts'
import type { Delivery } from './delivery.ts'
import { describeFailure } from './describe-failure.ts'
import { checkIdTokenPermission } from './id-token-permission.ts'
import { type Inputs, parseInputs } from './inputs.ts'
import { createDirectory, writePrivate } from './private-files.ts'
import { checkRunnerFiles, setValue } from './runner-files.ts'
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
  checkIdTokenPermission(process.env)
  // The post step must find its way even when this one ends early.
  setValue('GITHUB_STATE', 'url', inputs.url)
  const needsFiles = inputs.deliveries.some(({ form }) => form !== 'output' && form !== 'env')
  const directory = needsFiles ? createDirectory() : ''
  const issued = await exchange(inputs)
  mask(issued.accessToken)
  setValue('GITHUB_STATE', 'token', issued.accessToken)
  const delivered = { token: issued.accessToken, directory, environment: process.env }
  const deliveries = inputs.deliveries.map((order) => renderDelivery(order, delivered))
  hand(deliveries, issued, directory)
  const scope = issued.scopes.join(' ')
  say(`a token for ${inputs.resource}, scope "${scope}", until ${formatMoment(issued.expiresAt)}`)
  say(`the decision is ${issued.decisionId}`)
}

function exchange(inputs: Inputs): Promise<HeldToken> {
  const { url, resource, scopes, rule, audience, lifetimeSeconds } = inputs
  const source = openSource('github-actions')
  const options = { url, resource, scopes, rule, audience, lifetimeSeconds, source }
  return createTokenSource(options).getToken()
}

function hand(deliveries: readonly Delivery[], issued: HeldToken, directory: string): void {
  for (const value of deliveries.flatMap(({ masks = [] }) => masks)) mask(value)
  const files = deliveries.flatMap((delivery) => delivery.files ?? [])
  for (const file of files) writePrivate(file, directory)
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
