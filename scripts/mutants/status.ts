/** Mutants of the status lists: issuing, leasing, the published lists and the verifier. */
import { type Mutant, mutant } from './mutant.ts'

const prepare = mutant(
  'src/core/endpoint/steps/prepare-token.ts',
  'core',
  'test/core/endpoint/token-endpoint.status',
)
const place = mutant(
  'src/core/tokens/place-token.ts',
  'core',
  'test/core/endpoint/token-endpoint.status',
)
const ids = mutant('src/core/tokens/ids.ts', 'core', 'test/core/endpoint/token-endpoint.status')
const format = mutant(
  'src/protocol/status/status-list.ts',
  'core',
  'test/protocol/status/status-list',
)
const deflated = mutant(
  'src/web/compression/deflate.ts',
  'core',
  'test/protocol/status/status-list',
)
const lists = mutant(
  'src/worker/objects/status-lists/status-lists.ts',
  'worker',
  'test/worker/objects/status-lists',
)
const bits = mutant(
  'src/worker/objects/revocation-log/status-bits.ts',
  'worker',
  'test/worker/objects/revocation-log/status-bits test/worker/routes/status-list',
)
const indexes = mutant(
  'src/worker/caches/status/status-indexes.ts',
  'worker',
  'test/worker/caches/status',
)
const signed = mutant(
  'src/worker/caches/status/status-lists.ts',
  'worker',
  'test/worker/caches/status test/worker/routes/status-list',
)
const route = mutant('src/worker/routes/status-list.ts', 'worker', 'test/worker/routes/status-list')
const opened = mutant('src/worker/app.ts', 'worker', 'test/worker/endpoints.test')
const waits = mutant('src/worker/http/publish.ts', 'worker', 'test/worker/endpoints.test')
const check = mutant('src/verify/status/status-check.ts', 'node', 'test/verify/status-list')
const fetched = mutant('src/verify/status/fetch-status-list.ts', 'node', 'test/verify/status-list')
const kept = mutant('src/verify/status/remote-lists.ts', 'node', 'test/verify/status-list')
const verifier = mutant('src/verify/verifier.ts', 'node', 'test/verify/status-list')

export const STATUS_MUTANTS: readonly Mutant[] = [
  prepare('the denial of full lists', 'if (!status.ok) return status', ''),
  prepare('SL-08 the index in the token', ', statusIndex: status.value }', ' }'),
  place(
    'a deployment without lists',
    'throw new Unavailable(STATUS_LISTS)',
    'return ok({ list: "AAAA", index: 0 })',
  ),
  place('REV-05 rules of the ancestors', '...ancestors.map((ancestor) => ancestor.client_id)', ''),
  place('REV-05 the first issuer', 'descent?.origin?.iss ?? identity.issuer', 'identity.issuer'),
  ids('the position in the jti', 'formatPosition(position) + tokenId', 'tokenId'),
  ids(
    'OUT-04 the random part',
    'formatPosition(position) + tokenId',
    'formatPosition(position) + tokenId.slice(8)',
  ),
  format('SL-02 the order of bits', '1 << (index & 7)', '128 >> (index & 7)'),
  format('SL-01 the width of an entry', '2 ** bits - 1', '1'),
  format('an index beyond a list', 'index < STATUS_LIST_ENTRIES ?', 'index >= 0 ?'),
  deflated(
    'SL-24 the limit',
    'readBounded(body ?? null, maxBytes)',
    'readBounded(body ?? null, 1e9)',
  ),
  deflated(
    'SL-03 the format',
    "new DecompressionStream('deflate')",
    "new DecompressionStream('gzip')",
  ),
  lists('SL-14 the next free index', 'start + count AS next', 'start + 1 AS next'),
  lists('SL-14 the next list', 'const list = newest + 1', 'const list = newest + 2'),
  lists('the end of a list', 'this.sizes.entries - start)', 'this.sizes.entries)'),
  lists('all lists full', 'list - oldest >= this.sizes.lists ||', ''),
  lists(
    'SL-14 the last lease',
    `AND (list, start) <>
           (SELECT list, start FROM leases ORDER BY list DESC, start DESC LIMIT 1)`,
    '',
  ),
  lists('a random first list', 'random % (STATUS_LIST_NUMBERS / 2)', '0'),
  lists('blocks after a revocation', 'AND leased_at < ?', 'AND leased_at + 99999 > ?'),
  lists('the clock of the isolate', 'before + CLOCK_LEEWAY_SECONDS', 'before'),
  lists(
    'REV-02 a grain of a newer release',
    "if (condition === undefined) throw new Error('a revocation has an unknown grain')",
    'if (condition === undefined) return []',
  ),
  lists('whole names of rules', "instr(rules, ' ' || ? || ' ') > 0", 'instr(rules, ?) > 0'),
  lists(
    'lists that have ended',
    'names(): readonly string[] {\n    this.#purge(this.now())',
    'names(): readonly string[] {',
  ),
  bits(
    'WRK-10 status: lists in memory',
    'if (lists.size > MAX_STATUS_BITS && oldest !== undefined) lists.delete(oldest)',
    '',
  ),
  bits(
    'revocations after the first look',
    'if (known?.sequence === sequence) return known.bits',
    'if (known) return known.bits',
  ),
  bits(
    'tokens of other lists',
    'if (position?.list !== list) continue',
    'if (position === undefined) continue',
  ),
  indexes(
    'SL-14 an index leaves once',
    'const index = block?.indexes.pop()',
    'const index = block?.indexes.at(-1)',
  ),
  indexes('SL-15 a random order', 'indexes[other] = a', 'indexes[last] = a'),
  indexes('the end of a block', 'at < endsAt && indexes.length > 0', 'indexes.length > 0'),
  indexes('a block for each key', '[keyId, issuer, ...rules]', '[issuer, ...rules]'),
  indexes('a block for each issuer', '[keyId, issuer, ...rules]', '[keyId, ...rules]'),
  indexes('one question at a time', '(isAsked || 8 * left > pool.size)', '(8 * left > pool.size)'),
  indexes('the bound of the memory', 'pools.size > MAX_STATUS_POOLS', 'false'),
  signed('the age of a list', 'age < STATUS_LIST_TTL_SECONDS', 'true'),
  signed('coarse revocations', 'setInvalid(bits, index)', 'void 0'),
  signed('a revoked key', "grain === 'key' && stops ? [id] : []", '[]'),
  opened(
    'SL-11 pages that must wait',
    'openToPages(limit',
    '((one: Route, _: Endpoint) => one)(limit',
  ),
  waits('SL-11 pages that read how long to wait', 'response.status >= 400', 'false'),
  route('SL-12 earlier lists', "c.req.query('time') !== undefined", 'false'),
  route(
    'SL-10 the accepted type',
    "!accepts(headers.get('accept'), STATUS_LIST_CONTENT_TYPE)",
    'false',
  ),
  check('SL-13 other statuses', 'status !== STATUS_VALID', 'status === 1'),
  check(
    'SL-18 an index beyond the list',
    "if (status === undefined) throw invalidToken('status_invalid')",
    '',
  ),
  check('NET-04 a list elsewhere', 'readOwnAddress(uri, issuer) !== uri', 'false'),
  check(
    'a token without a status',
    "if (status === undefined) throw invalidToken('status_missing')",
    '',
  ),
  check('REV-05 ancestors', '[own, ...listAncestors(claims, own)]', '[own]'),
  fetched('SL-17 a long list', '(token, MAX_STATUS_LIST_RESPONSE_BYTES', '(token, 20_000'),
  fetched('SL-05 the case of the type', 'typ.toLowerCase()', 'typ'),
  fetched('a list that is ahead', 'issuedAt > at + skewSeconds', 'issuedAt >= at + skewSeconds'),
  fetched('a list with a new key', 'isOfKeys ? error : ', ''),
  fetched('SL-17 the list of another URI', "readMember(claims, 'sub') !== uri ||", ''),
  fetched('SL-17 exp', 'exp <= at)', 'false)'),
  fetched('SL-17 iat', 'issuedAt > at + skewSeconds ||', ''),
  fetched('SL-21 the limit of exp', 'exp - issuedAt > MAX_STATUS_LIST_LIFETIME_SECONDS', 'false'),
  fetched('SL-21 the limit of ttl', 'Math.min(ttl, MAX_STATUS_LIST_TTL_SECONDS)', 'ttl'),
  fetched('SL-05 typ', 'name === STATUS_LIST_TYP || name === STATUS_LIST_CONTENT_TYPE', 'true'),
  fetched('SL-01 bits', '!isStatusBits(bits) ||', ''),
  kept('SL-21 the end of a list', 'at < list.freshUntil', 'true'),
  kept('a clock that was set back', 'list.fetchedAt <= at &&', ''),
  kept(
    'a list from before the clocks were set back',
    'memory.newestAt > now() + settings.clockSkewSeconds',
    'false',
  ),
  kept(
    'SL-19 older lists step by step',
    'Math.max(memory.newestAt, list.issuedAt)',
    'list.issuedAt',
  ),
  kept(
    'SL-19 an older list',
    'memory.newestAt > list.issuedAt + settings.clockSkewSeconds',
    'false',
  ),
  kept(
    'an older list of another clock',
    'list.issuedAt + settings.clockSkewSeconds',
    'list.issuedAt',
  ),
  kept('an older list replaces none', '(isOlder ? freshList(memory) : undefined) ?? list', 'list'),
  kept('the time of a refresh', '(list.fetchedAt + kept.freshUntil) / 2', '0'),
  verifier('SL-16 the option', 'await checkStatus?.(verified.claims, context)', ''),
]
