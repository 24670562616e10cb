/** `edgemint init` in a folder that has something already: it overwrites nothing that it does not own. */
import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeAll } from '../../../src/cli/setup/folder/write-all.ts'
import { ANSWERS, createProject, type Project, runOnTerminal } from './support/project.ts'

/** All files with their texts. */
function snapshot(project: Project) {
  return Object.fromEntries(project.list().map((path) => [path, project.read(path)]))
}

describe('init in a folder that has something already', () => {
  it.each(['wrangler.toml', 'trust.yaml', 'policy.json', '.github/workflows/trust-apply.yml'])(
    'writes nothing if %s is there and is not its own',
    async (path) => {
      const project = createProject()
      mkdirSync(join(project.folder, '.github/workflows'), { recursive: true })
      project.write(path, 'mine')
      const { exitCode, stderr } = await project.init(ANSWERS)
      expect([exitCode, stderr]).toEqual([
        1,
        `edgemint: ${path} is here already and init did not write it; nothing was written\n` +
          'edgemint: hint: choose an empty directory with --directory, or overwrite with --force\n',
      ])
      expect(snapshot(project)).toEqual({ [path]: 'mine' })
    },
  )

  it('keeps package.json, README.md and .gitignore, and says what to install', async () => {
    const project = createProject()
    for (const path of ['package.json', 'README.md', '.gitignore']) project.write(path, 'mine')
    const { exitCode, stderr } = await project.init(ANSWERS)
    expect(exitCode).toBe(0)
    for (const path of ['package.json', 'README.md', '.gitignore']) {
      expect(project.read(path)).toBe('mine')
      expect(stderr).toContain(`keeps      ${path}\n`)
    }
    expect(stderr).toMatch(/npm install edgemint@\S+ && npm install --save-dev wrangler@\S+/)
    expect(project.read('.edgemint/.gitignore')).toBe('*\n')
  })

  it('asks for npm install only while this release is not installed', async () => {
    const project = createProject()
    const installs = async () => /hint: npm install\n/.test((await project.init(ANSWERS)).stderr)
    expect(await installs()).toBe(true)
    expect(await installs()).toBe(false)
    unlinkSync(join(project.folder, 'node_modules/edgemint'))
    expect(await installs()).toBe(true)
  })

  it('writes nothing through a symbolic link', async () => {
    const project = createProject()
    const outside = createProject()
    outside.write('victim', 'mine')
    symlinkSync(join(outside.folder, 'victim'), join(project.folder, 'trust.yaml'))
    const { exitCode, stderr } = await project.init([...ANSWERS, '--force'])
    expect([exitCode, outside.read('victim')]).toEqual([2, 'mine'])
    expect(stderr).toMatch(/trust\.yaml is a symbolic link: .*; nothing was written/)
    expect(project.list()).toEqual(['trust.yaml'])
  })

  // A folder cannot be made where a file is. The first is looked at before anything is written.
  it.each(['.github', '.edgemint'])('writes all files or none if %s is a file', async (path) => {
    const project = createProject()
    project.write(path, 'mine')
    const { exitCode, stderr } = await project.init(ANSWERS)
    expect([exitCode, snapshot(project)]).toEqual([2, { [path]: 'mine' }])
    const reason = 'a part of its path is not a directory'
    expect(stderr).toMatch(
      new RegExp(`^edgemint: cannot use .*/\\${path}\\S*: ${reason}; nothing was written\n`),
    )
  })

  it('puts everything back if one file cannot be written', () => {
    const project = createProject()
    project.write('a', 'before')
    mkdirSync(join(project.folder, 'd'))
    const files = ['a', 'new/b', 'd'].map((path) => ({ path, text: 'after' }))
    expect(() => writeAll(project.folder, files)).toThrow()
    expect([snapshot(project), project.has('new')]).toEqual([{ a: 'before' }, false])
  })

  it('puts back a file that it has replaced if a later one cannot be', () => {
    const project = createProject()
    project.write('a', 'before')
    // The folder of the last file is where the second one should be.
    const files = ['a', 'd', 'd/x'].map((path) => ({ path, text: 'after' }))
    expect(() => writeAll(project.folder, files)).toThrow()
    expect([snapshot(project), project.has('d')]).toEqual([{ a: 'before' }, false])
  })
})

describe('init again', () => {
  it('changes nothing without a new answer, also in files that were edited', async () => {
    const project = createProject()
    await project.init(ANSWERS)
    project.write('trust.yaml', `${project.read('trust.yaml')}# mine\n`)
    const before = snapshot(project)
    const { exitCode, stderr } = await project.init([])
    expect(exitCode).toBe(0)
    expect(stderr.match(/^(writes|changes|replaces)/m)).toBeNull()
    expect(snapshot(project)).toEqual(before)
  })

  it('changes only the files that a new answer changes', async () => {
    const project = createProject()
    await project.init(ANSWERS)
    const before = snapshot(project)
    const people = ['--people-issuer', 'https://idp.example.com', '--people-client-id', 'edgemint']
    const { stderr } = await project.init([...people, '--people-email', 'ann@example.com'])
    expect(stderr.match(/^changes +\S+/gm)?.map((line) => line.split(/ +/)[1])).toEqual([
      'wrangler.toml',
      'policy.json',
      'README.md',
    ])
    const after = snapshot(project)
    const changed = Object.keys(after).filter((path) => after[path] !== before[path])
    expect(changed).toEqual(['README.md', 'edgemint.init.json', 'policy.json', 'wrangler.toml'])
  })

  it('does not overwrite an edited file, names it, and does so with --force', async () => {
    const project = createProject()
    await project.init(ANSWERS)
    project.write('policy.json', '{}')
    const before = snapshot(project)
    const change = ['--owner', 'security@example.com']
    const { exitCode, stderr } = await project.init(change)
    expect([exitCode, stderr]).toEqual([
      1,
      'edgemint: policy.json was edited and the answers change it; nothing was written\n' +
        'edgemint: hint: make the change there by hand, or overwrite with --force\n',
    ])
    expect(snapshot(project)).toEqual(before)
    expect((await project.init([...change, '--force'])).exitCode).toBe(0)
    expect(project.read('policy.json')).toContain('security@example.com')
  })

  it('takes over an upgrade after the rules of its answers have ended', async () => {
    const project = createProject()
    await project.init(ANSWERS)
    const kept = project.read('edgemint.init.json')
    project.write(
      'edgemint.init.json',
      kept.replace(/"expires": "[^"]+"/, '"expires": "2026-01-31"'),
    )
    expect(await project.init(['--dry-run'])).toMatchObject({ exitCode: 0 })
    const { exitCode, stderr } = await project.init(['--owner', 'security@example.com'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(
      /^edgemint: with these answers \S+ would be refused: .*; nothing was written\n/,
    )
  })

  it('shows what it would write with --dry-run, and writes nothing', async () => {
    const project = createProject()
    const { exitCode, stderr } = await project.init([...ANSWERS, '--dry-run'])
    expect([exitCode, project.list()]).toEqual([0, []])
    expect(stderr).toContain('writes     trust.yaml\n')
    expect(stderr).toContain('edgemint: nothing was written\n')
  })

  it('keeps its keys, and makes others only with --new-keys and under other names', async () => {
    const project = createProject()
    const path = '.edgemint/secrets/signing-keys.json'
    const names = () => Object.keys(JSON.parse(project.read(path)) as object)
    await project.init(ANSWERS)
    const first = names()
    unlinkSync(join(project.folder, path))
    await project.init([])
    expect(project.has(path)).toBe(false)
    await project.init(['--new-keys'])
    expect(names()).toEqual([`${first[0]}_2`, `${first[0]}_2_RSA`])
  })

  it('writes nothing if somebody answers no', async () => {
    const project = createProject()
    const workload = ['--workload', 'github:acme/api@production']
    const args = ['init', ...ANSWERS, ...workload, '--directory', project.folder]
    const { exitCode } = await runOnTerminal(args, ['perhaps', 'no'])
    expect([exitCode, project.list()]).toEqual([1, []])
  })
})
