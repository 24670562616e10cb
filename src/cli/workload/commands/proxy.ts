/**
 * `edgemint proxy`: a local proxy that adds a token to each request, for programs that cannot
 * exchange tokens. It prints one line of JSON on stdout when it is ready, and messages on stderr.
 */
import { randomUUID } from 'node:crypto'
import { OptionError } from '../../../client/in-house.ts'
import { createProofKey, ExchangeError } from '../../../client/index.ts'
import { revokeTokens } from '../../operate/revoke-tokens.ts'
import { describeStartFailure } from '../../operate/start-failure.ts'
import { untilStopped } from '../../operate/until-stopped.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { describeCode } from '../../shell/faults/file-fault.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { note, print } from '../../shell/output.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import { keepTokens } from '../keep-tokens.ts'
import { type ListenAddress, parseListenAddress, renderUrl } from '../proxy/listen-address.ts'
import { parseAdmission } from '../proxy/parse-admission.ts'
import { parseRoutes } from '../proxy/routes.ts'
import { createProxy, type LocalProxy } from '../proxy/server.ts'
import { openWorkload, WORKLOAD_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '--url URL --resource URI --upstream URL --listen ADDRESS [FLAGS]',
  about: `Forwards requests to an API with a valid token in each. Prints one line of JSON with url when it is
ready.`,
  flags: {
    upstream: {
      value: 'URL',
      about:
        'the URL of the API: `https`, or `http` on a loopback address; its path precedes the path of each request',
      required: true,
    },
    listen: {
      value: 'ADDRESS',
      about:
        '`HOST:PORT`, where port 0 picks a free port, or `unix:PATH` for a socket that only this user can open',
      required: true,
    },
    ...WORKLOAD_FLAGS,
    route: {
      value: 'PREFIX=URL',
      about:
        'another upstream for `PREFIX` and the paths below it; the prefix is removed, the longest prefix wins, and all upstreams get the same token',
      repeats: true,
    },
    bind: {
      about:
        'bind the token to a key that only this process has, and send a proof with each request (DPoP); the API must accept it',
    },
    'allow-host': {
      value: 'HOST',
      about: 'another host that requests may name: `NAME` or `NAME:PORT`',
      repeats: true,
    },
    'allow-origin': {
      value: 'URL',
      about: 'an origin whose pages may use the proxy from a browser',
      repeats: true,
    },
    'allow-remote': {
      about:
        'listen on an address that other machines can reach; everyone who reaches it can use the token',
    },
    'access-log': {
      about: 'print a line on stderr for each request: method, path without query, status, time',
    },
  },
  example: `npx edgemint proxy --url https://sts.example.com --resource https://api.example.com \\
  --upstream https://api.example.com --listen 127.0.0.1:8080`,
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const routes = parseRoutes(values.upstream, values.route ?? [])
  const address = parseListenAddress(requireFlag('listen', values.listen), values['allow-remote'])
  const admission = parseAdmission({
    address,
    hosts: values['allow-host'] ?? [],
    origins: values['allow-origin'] ?? [],
    pseudonym: `edgemint-${randomUUID().slice(0, 8)}`,
  })
  const proofKey = values.bind ? createProofKey() : undefined
  const workload = await openWorkload(values, proofKey)
  const stopped = untilStopped()
  const keeper = keepTokens(workload)
  const onAnswer = values['access-log'] ? note : undefined
  const proxy = createProxy({ routes, admission, tokens: keeper, proofKey, onAnswer })
  try {
    // Listen first, so that no token is issued when the address cannot be used.
    const url = renderUrl(await listen(proxy, address))
    // Get a token now, so that a refusal ends the command instead of every request.
    const isStopped = await Promise.race([keeper.take(), stopped])
    if (isStopped === undefined) return EXIT_CODES.done
    keeper.start()
    print(JSON.stringify({ url }))
    await stopped
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof ExchangeError) throw describeExchangeFailure(error)
    if (error instanceof OptionError) throw usageFailure(error.message)
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
    const fault =
      code === 'EADDRINUSE' ? 'is already in use' : `cannot be used: ${describeCode(code)}`
    throw usageFailure(`${address.path} ${fault}`, 'choose another with --listen unix:PATH')
  }
}
