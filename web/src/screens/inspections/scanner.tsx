// Reading a bar code with the camera, where the browser can; where it cannot, the same dialog says
// so and takes the number by keyboard or by a scanner that types.
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './inspections.module.css';

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const WANTED = [
  'code_128',
  'code_39',
  'itf',
  'ean_13',
  'codabar',
  'qr_code',
  'data_matrix',
  'pdf417',
];
const EVERY_MS = 150;

async function makeDetector(): Promise<Detector | null> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!Class) return null;
  const known = await (
    Class as unknown as { getSupportedFormats(): Promise<string[]> }
  ).getSupportedFormats();
  const formats = WANTED.filter((format) => known.includes(format));
  return formats.length > 0 ? new Class({ formats }) : null;
}

type Camera = 'starting' | 'seeing' | 'no_reader' | 'no_camera';

export default function Scanner({
  onCode,
  onClose,
}: {
  onCode: (code: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('inspections');
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<Camera>('starting');
  const [typed, setTyped] = useState('');
  const tell = useRef(onCode);
  tell.current = onCode;

  useEffect(() => {
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const watch = async () => {
      const detector = await makeDetector().catch(() => null);
      if (!detector) return setCamera('no_reader');
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: 'environment', width: { ideal: 1920 } },
        });
      } catch {
        return setCamera('no_camera');
      }
      const view = video.current;
      if (over || !view) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      view.srcObject = stream;
      await view.play().catch(() => {});
      setCamera('seeing');
      const look = async () => {
        const codes = await detector.detect(view).catch(() => []);
        const code = codes[0]?.rawValue;
        if (over) return;
        if (code) tell.current(code);
        else timer = setTimeout(() => void look(), EVERY_MS);
      };
      void look();
    };
    void watch();
    return () => {
      over = true;
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) onCode(typed.trim());
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('scan.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('parts:close'), size: 'xl' }}
    >
      <form className={styles.form} onSubmit={submit}>
        {(camera === 'starting' || camera === 'seeing') && (
          <video ref={video} className={styles.camera} playsInline muted />
        )}
        <p role="status">{t(`scan.${camera}`)}</p>
        <TextInput
          data-autofocus={camera === 'no_reader' || camera === 'no_camera' ? true : undefined}
          label={t('scan.typed')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
        />
        <Group justify="flex-end">
          <Button type="submit" size="lg" disabled={!typed.trim()}>
            {t('scan.find')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
