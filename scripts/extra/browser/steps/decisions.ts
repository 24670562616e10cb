/** Decisions: filters, pages, live, and the explanation of one. */
import assert from 'node:assert/strict'
import { hasHeading, open, type Step, settle } from '../step.ts'

/** The job with a hostile branch, which no rule gives what it asks for. */
const HOSTILE_JOB = 4

export const DECISIONS: readonly Step[] = [
  {
    name: 'decisions are found by filters, and the address has them',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/decisions')
      await page.getByLabel('Outcome').selectOption({ label: 'denied' })
      await page.getByRole('button', { name: 'More filters' }).click()
      await page.getByLabel('Reason').fill('no_rule_matched')
      await page.getByLabel('Claims, one a line').fill('repository_id=999')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.waitForURL(/outcome=denied&reason=no_rule_matched&claim=repository_id%3D999$/)
      await settle(page)
      const rows = page.locator('tbody tr')
      assert.ok((await rows.count()) > 0)
      for (const text of await rows.allInnerTexts())
        assert.match(text, /denied[\s\S]*no_rule_matched/)
    },
  },
  {
    name: 'an invalid filter shows the sentence of the gateway, and what is wrong with each parameter',
    run: async (tour) => {
      await open(tour, '/decisions?claim=nonsense')
      await tour.page.getByText('Invalid filter').waitFor()
      await tour.page.getByText('nothing was searched').waitFor()
      await tour.page.getByText('claim[0] is no claim and value').waitFor()
    },
  },
  {
    name: 'a rule of the deploy-time policy has no page, and no link leads to one',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/decisions?issuer=people&outcome=granted')
      const rows = page.locator('tbody tr')
      assert.ok((await rows.count()) > 0)
      assert.equal(await page.locator('tbody a[href*="/rules/"]').count(), 0)
      await rows.first().getByRole('link').click()
      await page.getByRole('heading', { name: 'Why' }).waitFor()
      assert.equal(await page.locator('main a[href*="/rules/"]').count(), 0)
    },
  },
  {
    name: 'a token that was not verified has no subject, and its page says so and where its reason is explained',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/decisions?reason=issuer_not_trusted')
      await page.locator('tbody th a').first().click()
      await page.getByText('The token was not verified, so its subject is not known.').waitFor()
      await page.getByText('docs/errors.md').waitFor()
      assert.equal(await page.locator('main p:empty').count(), 0)
    },
  },
  {
    name: 'older decisions come page by page',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/decisions')
      const rows = page.locator('tbody tr')
      assert.equal(await rows.count(), 100)
      await page.getByRole('button', { name: 'Load older decisions' }).click()
      await page.getByText('These are all decisions that match.').waitFor()
      assert.ok((await rows.count()) > 100)
    },
  },
  {
    name: 'deleted and damaged decisions are named in place of "all"',
    run: async (tour) => {
      const { page } = tour
      const list = /\/console\/api\/v1\/decisions\?/
      const times = { purged_to: 1_795_176_000_123, damaged_to: 1_795_176_060_000 }
      await page.route(list, async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, json: { ...(await answer.json()), ...times } })
      })
      await open(tour, '/decisions?reason=no_rule_matched')
      const [purged, damaged] = ['2026-11-20 12:00:00', '2026-11-20 12:01:00']
      await page.getByText(`Retention has deleted decisions up to ${purged} UTC.`).waitFor()
      await page.getByText(`damaged rows with decisions up to ${damaged} UTC`).waitFor()
      assert.equal(await page.getByText('These are all decisions that match.').count(), 0)
      await page.unroute(list)
      await open(tour, '/decisions')
      assert.equal(await page.getByText('Retention has deleted').count(), 0)
    },
  },
  {
    name: 'a decision arrives while the page follows, and a link leads to its explanation',
    run: async (tour) => {
      const { page, world } = tour
      await open(tour, '/decisions?outcome=denied')
      await page.getByRole('button', { name: 'Follow live' }).click()
      const { decisionId, status } = await world.run(HOSTILE_JOB)
      assert.equal(status, 400)
      const link = page.locator(`a[href$="/decisions/${decisionId}"]`)
      await link.waitFor({ timeout: 20_000 })
      assert.match(String(await page.getByRole('status').allInnerTexts()), /1 new decision/)
      await link.click()
      await hasHeading(page, new RegExp(decisionId))
      await settle(page)
      await page.getByText('no matching rule grants every requested scope').waitFor()
    },
  },
  {
    name: 'the explanation has each condition, hostile claims stay text, and its address opens again',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/decisions?reason=scope_not_granted')
      await page.locator('tbody th a').first().click()
      await settle(page)
      await page.reload()
      await settle(page)
      await page.getByText('The rules that were in force give the same result today.').waitFor()
      await page.getByText('Conditions', { exact: true }).first().click()
      const trace = page.getByRole('region', {
        name: 'Conditions of the rule deploy-api-from-main',
      })
      assert.match(await trace.innerText(), /ref\s+fails\s+"?refs\/heads\/main/)
      assert.match(await trace.innerText(), /U\+202E.*<script>alert\(1\)<\/script>/)
      assert.ok(!(await page.locator('main').innerText()).includes('\u202e'))
    },
  },
  {
    name: 'an unknown decision says so',
    run: async (tour) => {
      await open(tour, '/decisions/dec_AAGiJMQRWXhNCExDapyA5w')
      await tour.page.getByText('Unknown decision').waitFor()
    },
  },
]
