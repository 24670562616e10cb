/** Escape hides the tip of the element under the pointer or with the focus (WCAG 2.2, 1.4.13). */

export function hideTipsOnEscape(): void {
  const { dataset } = document.documentElement
  const show = () => {
    delete dataset.tips
  }
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') dataset.tips = 'off'
  })
  addEventListener('focusin', show)
  addEventListener('mouseover', show)
}
