FROM python:3.12-slim AS built
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY bot bot
COPY scheduler scheduler
COPY admin_cli admin_cli
COPY pyproject.toml README.md LICENSE ./
RUN /venv/bin/pip install --no-cache-dir --no-deps .
# Who runs it may not write there: what is read from content and encoder is kept now, or every start takes seconds more.
RUN cd / && /venv/bin/python -c "from bot.content.loader import load_library; from bot.rules.word_pieces import WordPieces; load_library(); WordPieces()"

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /data compagnon
COPY --from=built /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 COMPAGNON_DATA_DIR=/data COMPAGNON_LISTEN=0.0.0.0:8080
USER compagnon
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Only the database decides: a bot that Telegram cannot reach must not be restarted again and again.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=8)"]
STOPSIGNAL SIGTERM
CMD ["compagnon", "run"]
