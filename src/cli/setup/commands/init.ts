/**
 * `edgemint init`: makes the files of a deployment from a few answers, and its signing keys. Running
 * it again changes only what the new answers change.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { RELEASE } from '../../../protocol/release.ts'
import { fail, ok } from '../../../web/result.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, noteLines, say } from '../../shell/output.ts'
import { ANSWERS_FILE, type Kept, parseKept, renderKept } from '../answers.ts'
import { requireWrangler } from '../deploy/tools.ts'
import { putKeys } from '../deploy/upload-keys.ts'
import { type ComparedFile, compareFiles, digest } from '../folder/compare.ts'
import { guardFiles } from '../folder/guard.ts'
import { readSetupFile } from '../folder/read-file.ts'
import { KEYS_FILE, keysToMake, listKeyFiles, readKeyFile } from '../folder/signing-keys.ts'
import { writeAll } from '../folder/write-all.ts'
import { openQuestioner, type Questioner } from '../questions/ask.ts'
import { ANSWER_FLAGS } from '../questions/flags.ts'
import { gatherAnswers } from '../questions/gather.ts'
import { checkWritten } from '../written/check.ts'
import { listFiles } from '../written/list-files.ts'
import { WRANGLER_VERSION } from '../written/project.ts'

export const command = {
  synopsis: '[FLAGS]',
  about: `Writes the files of a gateway on Cloudflare: the Worker, who administers it, the first trust document
with its tests, and a CI workflow that plans and applies. Asks on a terminal for each answer that no
flag gives. Makes the signing keys and does not show them. Run it again to change an answer, or after
an upgrade: it changes only what the answers change, and no file that was edited.`,
  flags: {
    ...ANSWER_FLAGS,
    directory: {
      value: 'DIR',
      about: 'the directory to write to',
      default: 'the current one',
      completes: 'directories',
    },
    'dry-run': { about: 'show what would be written, and write nothing' },
    force: { about: 'also overwrite files that were edited, or that init did not write' },
    'new-keys': { about: 'make new signing keys, if the keys were lost before their upload' },
    put: { about: 'upload the signing keys at once with `wrangler secret put`, and keep no file' },
    yes: { about: 'write without asking on a terminal' },
  },
  example: `npx edgemint init --issuer https://sts.acme.dev --owner platform@acme.dev \\
  --admin github:acme/api@trust --ids acme/api=4411/8123456 \\
  --resource https://api.acme.dev/v1 --scope deploy:write`,
} as const satisfies Command

const guard = <T>(action: () => T): T => guardFiles('nothing was written', action)

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const folder = values.directory ?? '.'
  if (values.put && values['dry-run']) {
    throw usageFailure('--put and --dry-run cannot be used together')
  }
  const kept = guard(() => readKept(folder))
  const at = Math.floor(Date.now() / 1000)
  const questioner = openQuestioner()
  try {
    const answers = await gatherAnswers({
      values,
      last: kept?.answers,
      ask: questioner?.ask,
      folder,
      at,
    })
    // After a year the rules of the same answers have ended, and an upgrade must still be possible.
    if (!isDeepStrictEqual(answers, kept?.answers)) checkWritten(answers, at)
    const files = guard(() =>
      compareFiles(folder, listFiles(answers, kept?.namespace_id), kept?.files ?? {}),
    )
    requireFree(files, values.force)
    if (values.put) requireWrangler(folder)
    const keys = guard(() =>
      keysToMake(folder, kept?.signing_keys ?? [], { at, isForced: values['new-keys'] }),
    )
    show(files, keys !== undefined)
    if (values['dry-run']) {
      say('nothing was written')
      return EXIT_CODES.done
    }
    const changed = files.filter(({ state }) => isWritten(state))
    await confirm(values.yes ? undefined : questioner, changed.length)
    const next: Kept = {
      version: 1,
      answers,
      ...(kept?.namespace_id === undefined ? {} : { namespace_id: kept.namespace_id }),
      signing_keys: [...(kept?.signing_keys ?? []), ...(keys?.facts ?? [])],
      files: Object.fromEntries(
        files.filter(({ state }) => state !== 'kept').map(({ path, text }) => [path, digest(text)]),
      ),
    }
    guard(() =>
      writeAll(folder, [
        ...changed,
        ...(keys === undefined ? [] : listKeyFiles(keys.secrets)),
        { path: ANSWERS_FILE, text: renderKept(next) },
      ]),
    )
    if (keys !== undefined) say(`made the signing keys, ${join(folder, KEYS_FILE)}`)
    sayLeftOver(kept, next)
    if (values.put) await putKeys(folder)
    sayNext(folder, files)
    return EXIT_CODES.done
  } finally {
    questioner?.close()
  }
}

function readKept(folder: string): Kept | undefined {
  const text = readSetupFile(folder, ANSWERS_FILE)
  return text === undefined ? undefined : parseKept(text)
}

const isWritten = (state: ComparedFile['state']) => state !== 'unchanged' && state !== 'kept'

/** Throws a refusal if a file would be overwritten that `init` does not own. */
function requireFree(files: readonly ComparedFile[], isForced: boolean): void {
  if (isForced) return
  const names = (state: ComparedFile['state']) =>
    files.filter((file) => file.state === state).map(({ path }) => path)
  const foreign = names('foreign')
  if (foreign.length > 0) {
    throw refusal(
      `${foreign.join(', ')} ${isOrAre(foreign)} here already and init did not write ${itOrThem(foreign)}; nothing was written`,
      'choose an empty directory with --directory, or overwrite with --force',
    )
  }
  const edited = names('edited')
  if (edited.length > 0) {
    throw refusal(
      `${edited.join(', ')} ${edited.length === 1 ? 'was' : 'were'} edited and the answers change ${itOrThem(edited)}; nothing was written`,
      'make the change there by hand, or overwrite with --force',
    )
  }
}

const isOrAre = (names: readonly string[]) => (names.length === 1 ? 'is' : 'are')
const itOrThem = (names: readonly string[]) => (names.length === 1 ? 'it' : 'them')

const VERBS = {
  new: 'writes   ',
  changed: 'changes  ',
  unchanged: 'unchanged',
  edited: 'replaces ',
  foreign: 'replaces ',
  kept: 'keeps    ',
} as const satisfies Record<ComparedFile['state'], string>

function show(files: readonly ComparedFile[], makesKeys: boolean): void {
  const rows = files.map(({ path, state }) => `${VERBS[state]}  ${path}`)
  noteLines([...rows, ...(makesKeys ? [`${VERBS.new}  ${KEYS_FILE}`] : [])].join('\n'))
}

async function confirm(questioner: Questioner | undefined, count: number): Promise<void> {
  if (questioner === undefined || count === 0) return
  const isAgreed = await questioner.ask(
    'Write these files (yes or no)',
    (text) => {
      if (text === 'yes' || text === 'y') return ok(true)
      return text === 'no' || text === 'n' ? ok(false) : fail('must be yes or no')
    },
    'yes',
  )
  if (!isAgreed) throw refusal('nothing was written')
}

function sayLeftOver(before: Kept | undefined, now: Kept): void {
  const left = Object.keys(before?.files ?? {}).filter((path) => !Object.hasOwn(now.files, path))
  if (left.length > 0) say(`no longer used, remove by hand: ${left.join(', ')}`)
}

/** Whether this release is installed, and nothing that npm reads was written. */
function isInstalled(folder: string, files: readonly ComparedFile[]): boolean {
  if (files.find(({ path }) => path === 'package.json')?.state !== 'unchanged') return false
  try {
    const text = readFileSync(join(folder, 'node_modules/edgemint/package.json'), 'utf8')
    return (JSON.parse(text) as { readonly version?: unknown }).version === RELEASE
  } catch {
    return false
  }
}

function sayNext(folder: string, files: readonly ComparedFile[]): void {
  const kept = files.filter(({ state }) => state === 'kept').map(({ path }) => path)
  if (kept.includes('package.json')) {
    hint(`npm install edgemint@${RELEASE} && npm install --save-dev wrangler@${WRANGLER_VERSION}`)
  } else if (!isInstalled(folder, files)) hint('npm install')
  if (kept.includes('.gitlab-ci.yml')) hint('include .gitlab/edgemint.yml in .gitlab-ci.yml')
  if (readKeyFile(folder) !== undefined) {
    hint(`commit all files; git ignores ${KEYS_FILE}, which deploy uploads and removes`)
  }
  hint('npx edgemint deploy --dry-run')
}
