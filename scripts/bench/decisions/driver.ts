/**
 * A Worker beside the gateway that appends generated records to shards of the decision log and asks
 * them questions, as the gateway does by RPC. The records are those of exchanges of GitHub jobs: ids,
 * times, hashes and run numbers differ in each, and so does the repository in every hundredth.
 */

/** The text between two values of a record that differ. */
const TEMPLATE = `{"v":1,"id":"<id>","at":<at>,"outcome":"granted","duration_milliseconds":3,"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","issuer":"github","issuer_url":"https://token.actions.githubusercontent.com","subject":"repo:acme@1234567/api@<repository>:environment:production","subject_token_id":"<uuid>","subject_token_expires_at":<expires>,"claims":{"repository_id":"<repository>","repository_owner_id":"1234567","ref":"refs/heads/main","ref_type":"branch","ref_protected":"true","sha":"<sha>","head_ref":"","base_ref":"","event_name":"push","workflow_ref":"acme/api/.github/workflows/deploy.yml@refs/heads/main","workflow_sha":"<sha>","job_workflow_ref":"acme/api/.github/workflows/deploy.yml@refs/heads/main","job_workflow_sha":"<sha>","environment":"production","run_id":"<run>","run_attempt":"1","check_run_id":"3<run>","runner_environment":"github-hosted"},"asked":{"resource":"https://api.example.com"},"resource":"https://api.example.com","rule":"deploy-<rule>","revision":1,"scopes":["deploy:read"],"token_id":"<token>","key_id":"1SeHsGdpWbCQmZcJQT2cfFGNA6KJBBlZ_8YBbn1UbI4","expires_at":<expires>,"issued_subject":"github:repo:acme@1234567/api@<repository>:environment:production"}`

export const DRIVER = `
const TEMPLATE = ${JSON.stringify(TEMPLATE)}
const RANDOM_BYTES = 64
const REPOSITORIES = 5000
const RULES = 50

function encode(bytes) {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function hex(bytes) {
  let text = ''
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1)
  return text
}

function makeId(shard, at, random) {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  bytes[0] = shard
  view.setUint16(1, Math.floor(at / 2 ** 32))
  view.setUint32(3, at % 2 ** 32)
  bytes.set(random, 7)
  return 'dec_' + encode(bytes)
}

function makeLine(shard, at, number, random) {
  const repository = String(456780000 + (number * 7919) % REPOSITORIES)
  const sha = hex(random.subarray(9, 29))
  const uuid = hex(random.subarray(29, 45))
  const values = {
    id: makeId(shard, at, random.subarray(0, 9)),
    at: String(at),
    expires: String(Math.floor(at / 1000) + 300),
    repository,
    rule: String(number % RULES),
    run: String(9000000000 + number),
    sha,
    token: encode(random.subarray(45, 61)),
    uuid: [uuid.slice(0, 8), uuid.slice(8, 12), uuid.slice(12, 16), uuid.slice(16, 20), uuid.slice(20)].join('-'),
  }
  return { id: values.id, line: TEMPLATE.replace(/<(\\w+)>/g, (_, name) => values[name]) }
}

async function append(env, { shard, batches, size, first, from, step }) {
  const stub = env.DECISION_LOG.getByName('decisions-' + shard)
  const ids = []
  for (let batch = 0; batch < batches; batch += 1) {
    const random = crypto.getRandomValues(new Uint8Array(size * RANDOM_BYTES))
    const lines = []
    let firstId = ''
    const start = first + batch * size
    for (let index = 0; index < size; index += 1) {
      const number = start + index
      const own = random.subarray(index * RANDOM_BYTES, (index + 1) * RANDOM_BYTES)
      const { id, line } = makeLine(shard, Math.floor(from + number * step), number, own)
      if (index === 0) firstId = id
      lines.push(line)
    }
    ids.push(firstId)
    await stub.append({
      shard,
      issuer: env.ISSUER,
      lines,
      firstId,
      fromAt: Math.floor(from + start * step),
      toAt: Math.floor(from + (start + size - 1) * step),
    })
  }
  return { ids }
}

async function ask(env, { shard, method, args }) {
  const started = Date.now()
  const answers = []
  for (const list of args) {
    const answer = await env.DECISION_LOG.getByName('decisions-' + shard)[method](...list)
    answers.push(answer)
  }
  return { milliseconds: Date.now() - started, answers }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    const body = await request.json()
    return Response.json(pathname === '/append' ? await append(env, body) : await ask(env, body))
  },
}
`
