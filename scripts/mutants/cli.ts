/**
 * Mutants of the commands that run on one machine: `exec`, `proxy`, their token keeper, and
 * `serve`.
 */
import { type Mutant, mutant } from './mutant.ts'

const stopped = mutant(
  'src/cli/operate/until-stopped.ts',
  'conformance',
  'test/cli/operate/dev-issuer.test',
)
const replaced = mutant(
  'src/cli/shell/replace-text.ts',
  'conformance',
  'test/cli/shell/replace-text.test',
)
const followed = mutant(
  'src/cli/decisions/commands/follow.ts',
  'conformance',
  'test/cli/decisions/follow.test',
)
const holder = mutant(
  'src/cli/operate/port-holder.ts',
  'conformance',
  'test/cli/operate/port-holder.test',
)
const admission = mutant(
  'src/cli/workload/proxy/admission.ts',
  'conformance',
  'test/cli/workload/proxy/admission',
)
const fields = mutant(
  'src/cli/workload/proxy/headers.ts',
  'conformance',
  'test/cli/workload/proxy/headers',
)
const routes = mutant(
  'src/cli/workload/proxy/routes.ts',
  'conformance',
  'test/cli/workload/proxy/routes',
)
const listening = mutant(
  'src/cli/workload/proxy/listen-address.ts',
  'conformance',
  'test/cli/workload/proxy/listen-address',
)
const forwarding = mutant(
  'src/cli/workload/proxy/forward.ts',
  'conformance',
  'test/cli/workload/proxy/forward',
)
const early = mutant(
  'src/cli/workload/proxy/forward.ts',
  'conformance',
  'test/cli/workload/proxy/early-answer',
)
const behind = mutant(
  'src/cli/workload/proxy/server.ts',
  'conformance',
  'test/cli/workload/proxy/server.attacks',
)
const tokenFile = mutant(
  'src/cli/workload/exec/token-file.ts',
  'conformance',
  'test/cli/workload/exec/token-file',
)
const given = mutant(
  'src/cli/workload/exec/environment.ts',
  'conformance',
  'test/cli/workload/exec/environment',
)
const keeper = mutant(
  'src/cli/workload/token-keeper.ts',
  'conformance',
  'test/cli/workload/token-keeper',
)
const host = mutant('src/web/host.ts', 'conformance', 'test/cli/workload/proxy/admission')
const page = mutant(
  'src/protocol/foreign-page.ts',
  'conformance',
  'test/cli/workload/proxy/admission',
)
const owner = mutant('src/dev/serve/trust-owner.ts', 'conformance', 'test/conformance/owner')

const unanswered = mutant('src/cli/trust/admin-api.ts', 'node', 'test/cli/trust/rollback')

const target = mutant(
  'src/cli/workload/target-flags.ts',
  'conformance',
  'test/cli/workload/exchange.test',
)

const helped = mutant('src/cli/shell/run.ts', 'conformance', 'test/cli/shell/run.test.ts')

export const CLI_MUTANTS: readonly Mutant[] = [
  holder('cli: a port at another address is that of the command', ' && isTaken(row[1])', ''),
  holder('cli: all addresses of IPv4 are those of IPv6', 'return family === 4', 'return true'),
  target('an actor token is masked', 'actor: maskTokens(source)', 'actor: source'),
  helped('a word after the command in help', "form === 'alone' ? rest : []", '[]'),
  admission('proxy: two lengths', "headers['content-length'] !== undefined", 'false'),
  admission('proxy: host', 'host !== undefined && isKnownHost(host, hosts)', 'host !== undefined'),
  host('proxy: names of this machine', '|| known.includes(host.name) ', '|| true '),
  admission('proxy: two hosts', "countOf(rawHeaders, 'host') !== 1", 'false'),
  page('proxy: origin', '!origins.includes(origin)', 'false'),
  page('proxy: other ports', "site !== 'same-origin'", "site !== 'same-site'"),
  admission('proxy: climbing', '!hasDotSegment(url)', 'true'),
  admission('proxy: loops', 'isLoop !== true', 'true'),
  fields('proxy: authorization', "  'authorization',\n", ''),
  fields('proxy: cookies', "  'cookie',\n", ''),
  fields('proxy: named fields', "...named.filter((name) => name !== 'content-length')", ''),
  routes('proxy: climbing with spaces', ".replace(UNSEEN, '')", ''),
  routes('proxy: climbing with full-width dots', ".normalize('NFKC')", ''),
  routes('proxy: climbing encoded twice', ".replace(/%(?:25)+/g, '%')", ''),
  routes('proxy: climbing with overlong dots', '(?:c0%ae|2e)', '2e'),
  routes('proxy: plain http', "url.protocol === 'http:' && !isLoopbackName(url.hostname)", 'false'),
  listening('proxy: the network', '!isLoopbackName(host) && !allowsRemote', 'false'),
  early(
    'an answer that comes before the whole body',
    "sent.once('socket', keepReadable)",
    'void keepReadable',
  ),
  forwarding(
    'proxy: sent twice',
    "(request.method === 'GET' || request.method === 'HEAD')",
    'true',
  ),
  forwarding(
    'proxy: broken answers',
    'pipeline(answer, response, () => {})',
    "answer.on('error', () => {}).pipe(response)",
  ),
  behind('proxy: behind a refusal', 'refused.add(request.socket)', ''),
  tokenFile('exec: mode of the file', '0o600', '0o644'),
  tokenFile('exec: file of another', '|| content !== written', ''),
  given('exec: subject token', 'EDGEMINT_SUBJECT_TOKEN: _, ', ''),
  keeper('tokens: rest after a renewal', 'at < renewedAt + RENEWAL_REST_SECONDS', 'false'),
  owner('serve: only the owner', 'if (!isOwner(request, env)) return', 'if (false) return'),
  unanswered('apply: no answer', '.catch(describeUnknown)', ''),
  stopped('servers: closed terminal', '[...FROM_PEOPLE, FROM_TERMINAL]', 'FROM_PEOPLE'),
  replaced('the rights of another group', '(mode & 0o007) << 3', 'mode & 0o070'),
  replaced('the group without the owner', 'await tryChown(draft, -1, gid)', 'false'),
  replaced(
    'rules renew: another program',
    'if (!before.equals(await readFile(target))) return false',
    '',
  ),
  followed(
    'follow: clock of the gateway',
    'Math.floor(to / 1000)',
    'Math.floor(Date.now() / 1000)',
  ),
]
