FROM python:3.12-slim
WORKDIR /app
RUN useradd --system --create-home --home-dir /data compagnon
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps .
USER compagnon
ENV COMPAGNON_DATA_DIR=/data
VOLUME /data
CMD ["compagnon", "run"]
