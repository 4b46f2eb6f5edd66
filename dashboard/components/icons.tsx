import type { ReactNode } from "react";

function Icon({ children, size = 20 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className="shrink-0"
    >
      {children}
    </svg>
  );
}

export const PulseIcon = () => (
  <Icon>
    <path d="M3 12h4l2.5-7 5 14 2.5-7h4" />
  </Icon>
);
export const TrafficIcon = () => (
  <Icon>
    <path d="M7 20V5m0 0L3.5 8.5M7 5l3.5 3.5M17 4v15m0 0 3.5-3.5M17 19l-3.5-3.5" />
  </Icon>
);
export const MusicIcon = () => (
  <Icon>
    <path d="M9 18V6l11-2v12" />
    <circle cx="6.5" cy="18" r="2.5" />
    <circle cx="17.5" cy="16" r="2.5" />
  </Icon>
);
export const TalkIcon = () => (
  <Icon>
    <path d="M20 12.5c0 3.6-3.6 6.5-8 6.5-1 0-2-.2-2.9-.4L4.5 20.5l1-3.6C4.6 15.7 4 14.2 4 12.5 4 8.9 7.6 6 12 6s8 2.9 8 6.5Z" />
  </Icon>
);
export const LogIcon = () => (
  <Icon>
    <path d="M5 6h14M5 12h14M5 18h8" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z" />
  </Icon>
);
export const ScreenIcon = () => (
  <Icon>
    <rect x="3.5" y="5" width="17" height="11.5" rx="2" />
    <path d="M9 20h6" />
  </Icon>
);
export const LanguageIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M3.5 12h17M12 3.5c2.5 2.6 3.5 5.4 3.5 8.5s-1 5.9-3.5 8.5c-2.5-2.6-3.5-5.4-3.5-8.5s1-5.9 3.5-8.5Z" />
  </Icon>
);
export const LeaveIcon = () => (
  <Icon>
    <path d="M14 4.5H6.5v15H14M10.5 12H20m0 0-3-3m3 3-3 3" />
  </Icon>
);
export const SaveIcon = () => (
  <Icon size={16}>
    <path d="M12 4v11m0 0 4-4m-4 4-4-4M5 19.5h14" />
  </Icon>
);
export const LockIcon = () => (
  <Icon size={12}>
    <rect x="5" y="11" width="14" height="9" rx="2" />
    <path d="M8 11V8a4 4 0 0 1 8 0v3" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon size={16}>
    <rect x="8.5" y="8.5" width="11" height="11" rx="2" />
    <path d="M15.5 5.5v-1h-11v11h1" />
  </Icon>
);
export const DoneIcon = () => (
  <Icon size={16}>
    <path d="m4.5 12.5 5 5 10-11" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon size={18}>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4 4" />
  </Icon>
);
/** The same as app/icon.svg, and as the mark of the sandbox: two houses, a light on next door. */
export const LogoIcon = () => (
  <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
    <path fill="#165e83" d="M9 0h14a9 9 0 0 1 9 9v14a9 9 0 0 1-9 9H9a9 9 0 0 1-9-9V9a9 9 0 0 1 9-9z" />
    <path fill="#8fbcd3" d="M4.5 15.7 10 10.6l5.5 5V25h-11z" />
    <path fill="#ffffff" d="M14.5 13.3 21 7.5l6.5 5.8V25h-13z" />
    <path fill="#f0b860" d="M18.7 14.5h4.6v4.6h-4.6z" />
  </svg>
);
