CREATE TABLE instruments (name VARCHAR(50) PRIMARY KEY, price DECIMAL(10, 2) NOT NULL);
INSERT INTO instruments VALUES ('viola', 1250.50), ('cello', 3999);
