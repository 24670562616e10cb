/** `edgemint ask who`: names the rules that grant a resource, and to whom. */
import { findAccess } from '../../../analysis/in-house.ts'
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { findTarget, isGatewayResource } from '../../../core/policy/compile/resource-uri.ts'
import { findNearest } from '../../../web/text/nearest.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { readMoment } from '../../trust/moment-flag.ts'
import { readAskedTrust, SOURCE_FLAGS } from '../asked-trust.ts'
import { renderAccess, renderDenying, renderStop } from '../render-access.ts'
import { findStops, shortenStop } from '../stops.ts'

export const command = {
  synopsis: '--resource URI (--trust FILE | --url URL [--token-file FILE]) [FLAGS]',
  about: `Who can get a resource: the rules that grant it, with their conditions, scopes, owners and ends, and
the deny rules of the same issuers. Of a gateway, also the revocations that stop issuing.`,
  flags: {
    resource: { value: 'URI', about: 'the resource, by any of its names', required: true },
    scope: { value: 'SCOPE', about: 'only rules that grant this scope', repeats: true },
    ...SOURCE_FLAGS,
    at: {
      value: 'TIME',
      about: 'the time for which ended rules are left out, such as `2026-12-01T12:00:00Z`',
      default: 'now',
    },
    json: { about: 'print `{ resource, revision, complete, rules, except, stopped }`' },
  },
  example: 'npx edgemint ask who --resource https://api.example.com --trust trust.yaml',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const name = requireFlag('resource', values.resource)
  const at = readMoment(values.at, '--at')
  const { trust, document, revision, complete, access } = await readAskedTrust(values)
  const resource = findTarget(trust, name)
  if (resource === undefined) throw unknownResource(trust, name, access?.url)
  const unknown = values.scope?.find((scope) => !resource.scopes.has(scope))
  if (unknown !== undefined) {
    const nearest = findNearest(unknown, resource.scopes)
    throw usageFailure(
      `--scope: ${resource.uri} has no scope ${unknown}${nearest === undefined ? '' : `: did you mean ${nearest}?`}`,
      `its scopes are ${[...resource.scopes].join(', ')}`,
    )
  }
  const answer = findAccess(trust, document, { resource: resource.uri, scopes: values.scope }, at)
  const { rules, except } = answer
  const stops = await findStops(access, { trust, rules, subjects: undefined, at })
  if (values.json) {
    const stopped = stops.map(shortenStop)
    printJson({ resource: resource.uri, revision, complete, ...answer, stopped }, 2)
  } else if (rules.length > 0) {
    const lines = [
      ...rules.map(renderAccess),
      ...except.map(renderDenying),
      ...stops.map(renderStop),
    ]
    printPlain(lines.join('\n\n'))
  }
  if (rules.length === 0) say(`no rule in force grants ${resource.uri}`)
  if (!complete) say('the answer leaves out the parts that the gateway cannot use')
  return EXIT_CODES.done
}

function unknownResource(trust: CompiledTrust, name: string, gateway: string | undefined) {
  if (gateway !== undefined && isGatewayResource(name, gateway)) {
    return refusal(
      'the deploy-time policy says who administers the gateway: BOOTSTRAP_TRUST, which no endpoint returns',
      `to see who did: npx edgemint decisions list --outcome granted --resource ${name}`,
    )
  }
  const known = [...trust.resources.values()].map(({ uri }) => uri)
  const nearest = findNearest(name, known)
  const rest = nearest === undefined ? '' : `: did you mean ${nearest}?`
  const list = known.slice(0, 10).join(', ')
  return usageFailure(
    `--resource: the document has no resource ${name}${rest}`,
    known.length === 0
      ? 'the document has no resources'
      : `its resources are ${list}${known.length > 10 ? ', …' : ''}`,
  )
}
