/**
 * `edgemint proxy`: a local broker for programs that know nothing of tokens. One JSON line on
 * stdout says when it is ready; words go to stderr.
 */
import { randomUUID } from 'node:crypto'
import { ExchangeError } from '../../../client/index.ts'
import { revokeTokens } from '../../operate/revoke-tokens.ts'
import { describeStartFailure } from '../../operate/start-failure.ts'
import { untilStopped } from '../../operate/until-stopped.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { note, print } from '../../shell/output.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import { keepTokens } from '../keep-tokens.ts'
import { type ListenAddress, parseListenAddress, renderUrl } from '../proxy/listen-address.ts'
import { parseAdmission } from '../proxy/parse-admission.ts'
import { parseRoutes } from '../proxy/routes.ts'
import { createProxy, type LocalProxy } from '../proxy/server.ts'
import { openWorkload, WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint proxy --upstream URL --listen ADDRESS [FLAGS]

Passes requests on to one API with a fresh token in each. Prints one line of JSON with url when
ready.

  --upstream URL      the API: https, or http on a loopback address
  --listen ADDRESS    HOST:PORT, port 0 picks a free one; or unix:PATH for a socket of your own
  --url URL           the gateway; EDGEMINT_URL by default
  --resource URI      the API the token is for; EDGEMINT_RESOURCE by default
  --route PREFIX=URL  another upstream for the paths below PREFIX; may be repeated
  --allow-host HOST   another name the proxy is known by; may be repeated
  --allow-origin URL  an origin whose pages may use it from a browser; may be repeated
  --allow-remote      listen on an address that others can reach
  --access-log        a line on stderr for each request: method, path, status, time
  --scope SCOPE       a scope to ask for; may be repeated; all of the rule by default
  --rule NAME         let only this rule decide
  --lifetime SECONDS  ask for a shorter life
  --audience URI      the audience of the platform's own token; the gateway by default
  --source NAME       where the platform's own token comes from; detected by default
  --token-file FILE   a file with the platform's own token, instead of a source

Example:
  npx edgemint proxy --url https://sts.example.com --resource https://api.example.com \\
    --upstream https://api.example.com --listen 127.0.0.1:8080`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    ...WORKLOAD_FLAGS,
    upstream: { type: 'string' },
    listen: { type: 'string' },
    route: { type: 'string', multiple: true },
    'allow-host': { type: 'string', multiple: true },
    'allow-origin': { type: 'string', multiple: true },
    'allow-remote': { type: 'boolean' },
    'access-log': { type: 'boolean' },
  })
  const routes = parseRoutes(values.upstream, values.route ?? [])
  const address = parseListenAddress(
    requireFlag('listen', values.listen),
    values['allow-remote'] === true,
  )
  const admission = parseAdmission({
    address,
    hosts: values['allow-host'] ?? [],
    origins: values['allow-origin'] ?? [],
    pseudonym: `edgemint-${randomUUID().slice(0, 8)}`,
  })
  const workload = await openWorkload(values)
  const stopped = untilStopped()
  const keeper = keepTokens(workload)
  const onAnswer = values['access-log'] === true ? note : undefined
  const proxy = createProxy({ routes, admission, tokens: keeper, onAnswer })
  try {
    // A place that cannot be listened on is not worth a token.
    const url = renderUrl(await listen(proxy, address))
    // A gateway that refuses is told at once and not to each program.
    const isStopped = await Promise.race([keeper.take(), stopped])
    if (isStopped === undefined) return EXIT_CODES.done
    keeper.start()
    print(JSON.stringify({ url }))
    await stopped
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof ExchangeError) throw describeExchangeFailure(error)
    if (error instanceof TypeError) throw usageFailure(error.message)
    throw error
  } finally {
    await proxy.close()
    await revokeTokens(workload.url, await keeper.stop())
  }
}

async function listen(proxy: LocalProxy, address: ListenAddress): Promise<ListenAddress> {
  try {
    return await proxy.listen(address)
  } catch (error) {
    if (address.kind === 'tcp') {
      throw await describeStartFailure(error, address.host, address.port, '--listen')
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === '') throw error
    const fault = code === 'EADDRINUSE' ? 'is served already' : `cannot be used: ${code}`
    throw usageFailure(`${address.path} ${fault}`, 'choose another with --listen unix:PATH')
  }
}
