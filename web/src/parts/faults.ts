// A form that cannot be sent leads to what is wrong: the first field that is marked so takes the
// focus, once the marks are drawn.
export function toFirstFault(within: HTMLElement | null): void {
  requestAnimationFrame(() => within?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
