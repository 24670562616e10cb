/** The chart of exchanges over time. It is drawn again when its width or the theme changes. */
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { ActivityReport } from '../../../contract/decisions/answers.ts'
import { useStore } from '../../shell/store.ts'
import { theme } from '../../shell/theme.ts'
import { OVERVIEW } from '../../texts/overview.ts'
import { stackBuckets } from './series.ts'

const HEIGHT_PIXELS = 180
/** The custom properties of unavailable, denied and granted exchanges. */
const OUTCOME_COLOURS: readonly string[] = ['--warn', '--bad', '--good']
const DARK = matchMedia('(prefers-color-scheme: dark)')

type Props = {
  readonly report: ActivityReport
  /** What the chart shows, for those who do not see it. */
  readonly label: string
}

export function Chart({ report, label }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const chosen = useStore(theme)
  useEffect(() => {
    const box = place.current
    if (box === null) return
    let chart: uPlot | undefined
    const draw = () => {
      chart?.destroy()
      chart = new uPlot(makeOptions(box, report.step_seconds), stackBuckets(report.buckets), box)
    }
    draw()
    const observer = new ResizeObserver(() =>
      chart?.setSize({ width: box.clientWidth, height: HEIGHT_PIXELS }),
    )
    observer.observe(box)
    DARK.addEventListener('change', draw)
    return () => {
      observer.disconnect()
      DARK.removeEventListener('change', draw)
      chart?.destroy()
    }
  }, [report, chosen])
  return <div ref={place} class="chart" role="img" aria-label={label} />
}

function makeOptions(box: HTMLElement, stepSeconds: number): uPlot.Options {
  const colour = readColours(box)
  const bars = uPlot.paths.bars?.({ size: [0.7, 40], align: 1 })
  const series = (label: string, fill: string): uPlot.Series => ({
    label,
    fill,
    stroke: fill,
    width: 0,
    points: { show: false },
    ...(bars !== undefined && { paths: bars }),
  })
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font: `12px ${colour('--sans')}`,
  }
  return {
    width: box.clientWidth,
    height: HEIGHT_PIXELS,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { range: (_, min, max) => [min, max + stepSeconds] }, y: { range: rangeOf } },
    axes: [
      { ...axis, values: formatTimes, space: 70 },
      { ...axis, size: 44, incrs: STEPS },
    ],
    series: [
      {},
      series(OVERVIEW.unavailable, colour('--warn')),
      series(OVERVIEW.denied, colour('--bad')),
      series(OVERVIEW.granted, colour('--good')),
    ],
  }
}

/** Whole numbers, because a count is one. */
const STEPS = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((one) => one * 10 ** power),
).flat()

const rangeOf = (_: uPlot, __: number, max: number): uPlot.Range.MinMax => [
  0,
  Math.max(1, max * 1.05),
]

const TIME = new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })

/** The day at midnight and if the steps are days, and otherwise the time. */
function formatTimes(_: uPlot, splits: number[], __: number, ___: number, step: number): string[] {
  return splits.map((seconds) => {
    const time = TIME.format(seconds * 1000)
    return step >= 86_400 || time === '00:00' ? DAY.format(seconds * 1000) : time
  })
}

/** A canvas does not know custom properties, nor `light-dark()`. */
function readColours(box: HTMLElement): (name: string) => string {
  const probe = document.createElement('span')
  box.append(probe)
  const style = getComputedStyle(probe)
  const colours = new Map(
    ['--muted', '--line', ...OUTCOME_COLOURS].map((name) => {
      // Forced colours would give every outcome the same one.
      probe.style.setProperty(
        'forced-color-adjust',
        OUTCOME_COLOURS.includes(name) ? 'none' : 'auto',
      )
      probe.style.color = `var(${name})`
      return [name, style.color]
    }),
  )
  const sans = style.getPropertyValue('--sans')
  probe.remove()
  return (name) => (name === '--sans' ? sans : (colours.get(name) ?? ''))
}
