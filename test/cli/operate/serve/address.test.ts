/** Where the gateway listens, its issuer URL, and the local issuers that it accepts. */

import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startGateway } from '../../../../dist/dev/index.js'
import { startDevIssuer } from '../../../../src/dev/issuer/issuer.ts'
import { API, ID_TOKEN, TOKEN_EXCHANGE, trustDocument } from '../../../conformance/support/world.ts'
import { closedPort } from '../../../support/closed-port.ts'
import { renderRequest, sendRaw, statusesOf } from '../../support/raw.ts'
import { runCli } from '../../support/run.ts'
import { CLI, prepareServe, until } from '../../support/serve.ts'

const { scratch, newState, serve, start } = prepareServe()

describe('edgemint serve', () => {
  it.each(['::1', '[::1]', '0:0:0:0:0:0:0:1'])(
    'exchanges on %s a token of an issuer on [::1]',
    async (host) => {
      const issuer = await startDevIssuer({ host: '::1' })
      const trust = join(scratch, 'ipv6.json')
      writeFileSync(trust, JSON.stringify(trustDocument(issuer.issuer)))
      const flags = ['--host', host, '--state', newState(), '--local-issuers', '--trust', trust]
      const { ready } = await serve(flags)
      const url = String(ready.url)
      expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/)
      const discovery = await fetch(`${url}/.well-known/openid-configuration`)
      expect(await discovery.json()).toMatchObject({ issuer: url, jwks_uri: `${url}/jwks.json` })
      const subjectToken = await issuer.mint(
        { provider: 'github-actions', audience: 'https://sts.example.com' },
        'github',
      )
      const body = new URLSearchParams({
        grant_type: TOKEN_EXCHANGE,
        subject_token_type: ID_TOKEN,
        subject_token: subjectToken,
        resource: API,
      })
      expect((await fetch(`${url}/token`, { method: 'POST', body })).status).toBe(200)
      const run = await runCli(['token', '--url', url, '--resource', API], {
        environment: { PATH: process.env.PATH ?? '', EDGEMINT_SUBJECT_TOKEN: subjectToken },
      })
      expect(run.exitCode).toBe(0)
      await issuer.close()
    },
  )

  it('accepts loopback names, its own addresses and --allow-host when it listens on all addresses', async () => {
    const flags = ['--host', '0.0.0.0', '--state', newState(), '--allow-host', 'Gateway:8787']
    const { ready } = await serve(flags)
    const ask = async (host: string) =>
      statusesOf(await sendRaw(String(ready.url), renderRequest('GET /health HTTP/1.1', [host])))
    expect(ready.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
    expect(await ask('localhost')).toEqual([200])
    expect(await ask('gateway:8787')).toEqual([200])
    expect(await ask('gateway')).toEqual([421])
    expect(await ask('evil.example')).toEqual([421])
  })

  it('accepts no request before its trust document is in force', async () => {
    const issuer = await startDevIssuer()
    const trust = join(scratch, 'early.json')
    writeFileSync(trust, JSON.stringify(trustDocument(issuer.issuer)))
    const subjectToken = await issuer.mint(
      { provider: 'github-actions', audience: 'https://sts.example.com' },
      'github',
    )
    const port = await closedPort()
    const url = `http://127.0.0.1:${port}`
    const flags = ['--port', String(port), '--state', newState(), '--local-issuers']
    const starting = start(process.execPath, [CLI, 'serve', ...flags, '--trust', trust])
    // `/health` reads the trust document, which an isolate then keeps in memory for some time.
    await until(async () => (await fetch(`${url}/health`).catch(() => undefined)) !== undefined)
    const body = new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      subject_token_type: ID_TOKEN,
      subject_token: subjectToken,
      resource: API,
    })
    expect((await fetch(`${url}/token`, { method: 'POST', body })).status).toBe(200)
    expect((await starting).ready.revision).toBe(1)
    await issuer.close()
  })

  it('answers no request until it is prepared', async () => {
    const port = await closedPort()
    const json = JSON.stringify(trustDocument('http://127.0.0.1:7600'))
    const order: string[] = []
    let early: Promise<unknown> = Promise.resolve()
    const gateway = await startGateway({
      port,
      stateDir: newState(),
      localIssuers: true,
      prepare: async (applyTrust) => {
        early = fetch(`http://127.0.0.1:${port}/health`).then(() => order.push('answered'))
        // Call the store more often than an answer would need.
        for (let turn = 0; turn < 50; turn += 1) await applyTrust(json, 'test')
        order.push('prepared')
      },
    })
    await early
    await gateway.close()
    expect(order).toEqual(['prepared', 'answered'])
  })

  it('publishes an https issuer on a loopback name', async () => {
    const issuer = 'https://localhost:8443'
    const { ready } = await serve(['--state', newState(), '--local-issuers', '--issuer', issuer])
    expect(ready.issuer).toBe(issuer)
    const health = await fetch(`${String(ready.url)}/health`)
    expect(health.status).toBe(200)
  })

  it.each([
    [['--host', '10.1.2.3'], '--host 10.1.2.3 needs --issuer'],
    [['--host', 'http://localhost'], '--host must be a name or an address'],
    [['--host', 'localhost:80'], '--host must be a name or an address'],
    [['--host', '[::1]:80'], '--host must be a name or an address'],
    [['--allow-host', 'https://a.test'], '--allow-host must be NAME or NAME:PORT'],
    [['--issuer', 'http://sts.example.com'], 'or http:// on loopback'],
    [
      ['--issuer', 'https://localhost:8443/'],
      'must not end in a slash: write https://localhost:8443',
    ],
    [
      ['--issuer', 'https://STS.example.com:443/'],
      'is not in canonical form: write https://sts.example.com\n',
    ],
    [['--issuer', 'https://gateway'], 'must have a DNS name with a dot, or a loopback name'],
  ])('refuses %j with a message', async (flags, sentence) => {
    const run = await runCli(['serve', '--port', '0', '--state', newState(), ...flags])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(sentence)
  })

  it('refuses an invalid ALLOWED_HOSTS', async () => {
    const run = await runCli(['serve', '--port', '0', '--state', newState()], {
      environment: { PATH: process.env.PATH ?? '', ALLOWED_HOSTS: 'a.test https://b.test' },
    })
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain('ALLOWED_HOSTS must be hosts')
  })

  it.each(['127.0.0.1', '::1'])('names the process that uses its port on %s', async (host) => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, host, resolve))
    const port = String((taken.address() as AddressInfo).port)
    const flags = ['--host', host, '--port', port, '--state', newState()]
    const { exitCode, stderr } = await runCli(['serve', ...flags])
    await new Promise((resolve) => taken.close(resolve))
    const address = host === '::1' ? '[::1]' : host
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`${address}:${port} is already in use by process ${process.pid} (`)
    expect(stderr).toContain('edgemint: hint: stop it, or choose another with --port')
  })
})
