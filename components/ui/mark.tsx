/** The holdfast: what keeps a thing in its place. */
export function Mark({ className = 'size-7' }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      aria-hidden="true"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="2.6"
      strokeLinecap="round"
    >
      <circle cx="16" cy="5.6" r="3" />
      <path d="M16 8.6V21M10.5 13h11" />
      <path d="M4.6 17.6C5 25 10 29 16 29s11-4 11.400-11.400" />
    </svg>
  );
}
