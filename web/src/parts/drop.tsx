// A frame on which a file can be dropped. Dropping is a shortcut: what stands within does the same.

import { type ReactNode, useState } from 'react';
import styles from './drop.module.css';

export function DropZone(props: {
  className?: string;
  onFile: (file: File | undefined) => void;
  children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a button within does what dropping does.
    <div
      className={[styles.drop, props.className].join(' ')}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        props.onFile(event.dataTransfer.files[0]);
      }}
    >
      {props.children}
    </div>
  );
}
