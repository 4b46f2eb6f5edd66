"""A throw-away certificate for servers on loopback that speak TLS only, and the roots file that trusts it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFETIME = timedelta(days=30)
RENEW_BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A private key and its self-signed certificate, both PEM, their files, and the roots file with it."""

    key: bytes
    chain: bytes
    key_file: Path
    chain_file: Path
    roots_file: Path


def ensure_certificate(directory: Path, name: str) -> Certificate:
    """Return the certificate ``name`` of ``directory``, made again when it is missing or about to expire.

    It is kept because gRPC reads ``GRPC_DEFAULT_SSL_ROOTS_FILE_PATH`` once per process: a stand-in that
    starts again must still be trusted. The roots file also holds certifi's, so real services work beside it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    key_file, chain_file = directory / f"{name}.key", directory / f"{name}.pem"
    if not (key_file.exists() and chain_file.exists() and _is_fresh(chain_file.read_bytes())):
        key, chain = _make()
        key_file.touch(mode=0o600)
        key_file.write_bytes(key)
        chain_file.write_bytes(chain)
    roots_file = directory / f"{name}-roots.pem"
    roots_file.write_bytes(chain_file.read_bytes() + Path(certifi.where()).read_bytes())
    return Certificate(key_file.read_bytes(), chain_file.read_bytes(), key_file, chain_file, roots_file)


def _is_fresh(chain: bytes) -> bool:
    certificate = x509.load_pem_x509_certificate(chain)
    return certificate.not_valid_after_utc - datetime.now(UTC) > RENEW_BEFORE


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _make() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otonari sandbox")])
    now = datetime.now(UTC)
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # a container's clock may lag
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        # What Python 3.13 and newer ask of an authority's certificate.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_key_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
    )
