// The mark: a sluice gate, half raised, and the water that passes under it.
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#0b5265" />
      <path d="M7 6v20M25 6v20" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path d="M11 8h10v9H11z" fill="#84bbca" />
      <path
        d="M11 21c2.5-2 5 2 10 0M11 25c2.5-2 5 2 10 0"
        fill="none"
        stroke="#fff"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </svg>
  );
}
